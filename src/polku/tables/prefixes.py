"""Finds values by how they begin, through an ordinary index on either database."""

from typing import Any

from django.db.models import Func, Lookup


class Begins(Lookup[Any]):
    """A column begins with the text, letter by letter. SQLite reads an index for a range, not for LIKE."""

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, given = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        return f"({column} >= %s AND {column} < %s)", [*given, text, *given, text + "\U0010ffff"]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, given = self.process_lhs(compiler, connection)
        return f"{column}::text LIKE %s", [*given, connection.ops.prep_for_like_query(str(self.rhs)) + "%"]


class NotByIndex(Func):
    """The same value, but SQLite does not look for it in an index: for filters that most rows pass."""

    template = "+%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        sql, given = compiler.compile(self.source_expressions[0])
        return sql, given
