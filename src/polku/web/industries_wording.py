"""The names of industries (NACE Rev. 2.1) in the reader's language."""

from typing import Final

from django.utils.translation import gettext, gettext_noop

from polku.rules import industries


def industry_name(code: str) -> str:
    """The name of the code's division, else of its section; nothing for no code."""
    name = industries.industry_name(code) if code else None
    return gettext(name) if name else ""


# Every name of rules/data/industries.tsv, for the translators.
NAMES: Final = (
    gettext_noop("Agriculture, forestry and fishing"),
    gettext_noop("Mining and quarrying"),
    gettext_noop("Manufacturing"),
    gettext_noop("Electricity, gas, steam and air conditioning supply"),
    gettext_noop("Water supply; sewerage, waste management and remediation activities"),
    gettext_noop("Construction"),
    gettext_noop("Wholesale and retail trade"),
    gettext_noop("Transportation and storage"),
    gettext_noop("Accommodation and food service activities"),
    gettext_noop("Publishing, broadcasting, and content production and distribution activities"),
    gettext_noop(
        "Telecommunication, computer programming, consulting, computing infrastructure and other information services"
    ),
    gettext_noop("Financial and insurance activities"),
    gettext_noop("Real estate activities"),
    gettext_noop("Professional, scientific and technical activities"),
    gettext_noop("Administrative and support service activities"),
    gettext_noop("Public administration and defence; compulsory social security"),
    gettext_noop("Education"),
    gettext_noop("Human health and social work activities"),
    gettext_noop("Arts, sports and recreation"),
    gettext_noop("Other service activities"),
    gettext_noop("Activities of households"),
    gettext_noop("Activities of extraterritorial organisations and bodies"),
    gettext_noop("Crop and animal production, hunting and related service activities"),
    gettext_noop("Forestry and logging"),
    gettext_noop("Fishing and aquaculture"),
    gettext_noop("Mining of coal and lignite"),
    gettext_noop("Extraction of crude petroleum and natural gas"),
    gettext_noop("Mining of metal ores"),
    gettext_noop("Other mining and quarrying"),
    gettext_noop("Mining support service activities"),
    gettext_noop("Manufacture of food products"),
    gettext_noop("Manufacture of beverages"),
    gettext_noop("Manufacture of tobacco products"),
    gettext_noop("Manufacture of textiles"),
    gettext_noop("Manufacture of wearing apparel"),
    gettext_noop("Manufacture of leather and related products of other materials"),
    gettext_noop(
        "Manufacture of wood and of products of wood and cork, except furniture; "
        "articles of straw and plaiting materials"
    ),
    gettext_noop("Manufacture of paper and paper products"),
    gettext_noop("Printing and reproduction of recorded media"),
    gettext_noop("Manufacture of coke and refined petroleum products"),
    gettext_noop("Manufacture of chemicals and chemical products"),
    gettext_noop("Manufacture of basic pharmaceutical products and pharmaceutical preparations"),
    gettext_noop("Manufacture of rubber and plastic products"),
    gettext_noop("Manufacture of other non-metallic mineral products"),
    gettext_noop("Manufacture of basic metals"),
    gettext_noop("Manufacture of fabricated metal products, except machinery and equipment"),
    gettext_noop("Manufacture of computer, electronic and optical products"),
    gettext_noop("Manufacture of electrical equipment"),
    gettext_noop("Manufacture of machinery and equipment n.e.c."),
    gettext_noop("Manufacture of motor vehicles, trailers and semi-trailers"),
    gettext_noop("Manufacture of other transport equipment"),
    gettext_noop("Manufacture of furniture"),
    gettext_noop("Other manufacturing"),
    gettext_noop("Repair, maintenance and installation of machinery and equipment"),
    gettext_noop("Water collection, treatment and supply"),
    gettext_noop("Sewerage"),
    gettext_noop("Waste collection, recovery and disposal activities"),
    gettext_noop("Remediation activities and other waste management service activities"),
    gettext_noop("Construction of residential and non-residential buildings"),
    gettext_noop("Civil engineering"),
    gettext_noop("Specialised construction activities"),
    gettext_noop("Wholesale trade"),
    gettext_noop("Retail trade"),
    gettext_noop("Land transport and transport via pipelines"),
    gettext_noop("Water transport"),
    gettext_noop("Air transport"),
    gettext_noop("Warehousing, storage and support activities for transportation"),
    gettext_noop("Postal and courier activities"),
    gettext_noop("Accommodation"),
    gettext_noop("Food and beverage service activities"),
    gettext_noop("Publishing activities"),
    gettext_noop(
        "Motion picture, video and television programme production, sound recording and music publishing activities"
    ),
    gettext_noop("Programming, broadcasting, news agency and other content distribution activities"),
    gettext_noop("Telecommunication"),
    gettext_noop("Computer programming, consultancy and related activities"),
    gettext_noop("Computing infrastructure, data processing, hosting and other information service activities"),
    gettext_noop("Financial service activities, except insurance and pension funding"),
    gettext_noop("Insurance, reinsurance and pension funding, except compulsory social security"),
    gettext_noop("Activities auxiliary to financial services and insurance activities"),
    gettext_noop("Legal and accounting activities"),
    gettext_noop("Activities of head offices and management consultancy"),
    gettext_noop("Architectural and engineering activities; technical testing and analysis"),
    gettext_noop("Scientific research and development"),
    gettext_noop("Activities of advertising, market research and public relations"),
    gettext_noop("Other professional, scientific and technical activities"),
    gettext_noop("Veterinary activities"),
    gettext_noop("Rental and leasing activities"),
    gettext_noop("Employment activities"),
    gettext_noop("Travel agency, tour operator and other reservation service and related activities"),
    gettext_noop("Investigation and security activities"),
    gettext_noop("Services to buildings and landscape activities"),
    gettext_noop("Office administrative, office support and other business support activities"),
    gettext_noop("Human health activities"),
    gettext_noop("Residential care activities"),
    gettext_noop("Social work activities without accommodation"),
    gettext_noop("Arts creation and performing arts activities"),
    gettext_noop("Libraries, archives, museums and other cultural activities"),
    gettext_noop("Gambling and betting activities"),
    gettext_noop("Sports activities and amusement and recreation activities"),
    gettext_noop("Activities of membership organisations"),
    gettext_noop(
        "Repair and maintenance of computers, personal and household goods, and motor vehicles and motorcycles"
    ),
    gettext_noop("Personal service activities"),
    gettext_noop("Activities of households as employers of domestic personnel"),
    gettext_noop("Undifferentiated goods- and service-producing activities of private households for own use"),
)
