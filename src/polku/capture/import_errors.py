"""What can be wrong with a file or a row that is imported: each says what it is and how to mend it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

type Plain = str | int


class FileRefused(Exception):
    """The file as a whole cannot be imported. `code` names why, `data` fills in the message."""

    code = "refused"
    message = gettext_noop("This file cannot be imported.")

    def __init__(self, **data: Plain) -> None:
        self.data = data
        super().__init__(self.message % data)

    @property
    def text(self) -> str:
        """The message in the reader's language."""
        return str(_(self.message)) % self.data


class FileTooLarge(FileRefused):
    code = "too_large"
    message = gettext_noop("The file has %(size)s MB; at most %(limit)s MB can be imported. Split it into parts.")


class FileEmpty(FileRefused):
    code = "empty"
    message = gettext_noop("The file has no rows below its header. Export it again with the data in it.")


class NotText(FileRefused):
    code = "not_text"
    message = gettext_noop(
        "This is not a table: there are binary data (a zero byte at position %(position)s). Save it as CSV or XLSX."
    )


class KnownOtherFormat(FileRefused):
    code = "other_format"
    message = gettext_noop("This is a file of the kind %(kind)s, which cannot be imported. Save it as CSV or XLSX.")


class BadWorkbook(FileRefused):
    code = "bad_workbook"
    message = gettext_noop(
        "This XLSX file is damaged or is not a workbook. Open it in your sheet program and save it again."
    )


class WorkbookTooLarge(FileRefused):
    code = "workbook_bomb"
    message = gettext_noop(
        "Unpacked, this XLSX file would take %(size)s MB; at most %(limit)s MB are opened. Save the sheet as CSV."
    )


class TooManyColumns(FileRefused):
    code = "too_many_columns"
    message = gettext_noop(
        "Line %(line)s has more than %(limit)s columns. Check the separator, or remove the columns you do not need."
    )


class TooManyRows(FileRefused):
    code = "too_many_rows"
    message = gettext_noop("The file has more than %(limit)s rows. Split it into parts.")


class LineTooLong(FileRefused):
    code = "line_too_long"
    message = gettext_noop(
        "Line %(line)s is longer than %(limit)s characters. Check that this is a table with line ends."
    )


class CellTooLong(FileRefused):
    code = "cell_too_long"
    message = gettext_noop(
        "Line %(line)s has a cell longer than %(limit)s characters. Shorten it; a quotation mark that is never "
        "closed has the same effect."
    )


class BadEncoding(FileRefused):
    code = "bad_encoding"
    message = gettext_noop("The text in line %(line)s cannot be read as %(encoding)s. Save the file as UTF-8.")


class NoHeader(FileRefused):
    code = "no_header"
    message = gettext_noop("The first line has no column names. Add a header line and try again.")


class NothingIdentifies(FileRefused):
    code = "nothing_identifies"
    message = gettext_noop(
        "No column is mapped to something that tells people or companies apart. Map at least one of: e-mail, phone, "
        "name, company, or an id of the other system."
    )


class MappedTwice(FileRefused):
    code = "mapped_twice"
    message = gettext_noop(
        "“%(field)s” is filled from two columns: %(columns)s. Choose one, and keep the other as a fact."
    )


class WrongStatus(FileRefused):
    code = "wrong_status"
    message = gettext_noop("This import is %(status)s; that cannot be done now.")


class BadOption(FileRefused):
    code = "bad_option"
    message = gettext_noop("“%(value)s” is not possible for “%(option)s”. Choose one from the list.")


class ImportNotFound(LookupError):
    """There is no such import."""

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id
        super().__init__(str(import_id))
