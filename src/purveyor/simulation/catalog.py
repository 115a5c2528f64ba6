"""What the simulated shop sells: coffee and all that goes with it, on paper and on screen, and its installation."""

from __future__ import annotations

from functools import cache

import msgspec

from purveyor.core.rows import Product
from purveyor.simulation.product_descriptions import description_of

# sku | name | EUR | category | g | mm x mm x mm | HS code | origin | tax class | flags | popularity
# Flags: f fragile, d dangerous (gas, lithium cells), n not returnable.
GOODS = """
BEAN-ETH-250|Ethiopia Sidamo, whole bean 250 g   |   8.90|beans   |  270|180x80x60  |0901.21|ET|reduced |n |30
BEAN-ETH-1K |Ethiopia Sidamo, whole bean 1 kg    |  29.90|beans   | 1040|320x140x90 |0901.21|ET|reduced |n |18
BEAN-COL-250|Colombia Huila, whole bean 250 g    |   8.50|beans   |  270|180x80x60  |0901.21|CO|reduced |n |28
BEAN-COL-1K |Colombia Huila, whole bean 1 kg     |  27.90|beans   | 1040|320x140x90 |0901.21|CO|reduced |n |20
BEAN-BRA-250|Brazil Cerrado, whole bean 250 g    |   6.90|beans   |  270|180x80x60  |0901.21|BR|reduced |n |26
BEAN-BRA-1K |Brazil Cerrado, whole bean 1 kg     |  22.90|beans   | 1040|320x140x90 |0901.21|BR|reduced |n |24
BEAN-GUA-250|Guatemala Antigua, whole bean 250 g |   8.70|beans   |  270|180x80x60  |0901.21|GT|reduced |n |16
BEAN-KEN-250|Kenya Nyeri AA, whole bean 250 g    |  10.90|beans   |  270|180x80x60  |0901.21|KE|reduced |n |14
BEAN-SUM-250|Sumatra Mandheling, whole bean 250 g|   8.90|beans   |  270|180x80x60  |0901.21|ID|reduced |n |11
BEAN-DEC-250|Decaf Peru, whole bean 250 g        |   9.20|beans   |  270|180x80x60  |0901.22|PE|reduced |n |13
BEAN-HSE-500|House espresso, whole bean 500 g    |  13.90|beans   |  530|250x110x80 |0901.21|IT|reduced |n |34
BEAN-HSE-1K |House espresso, whole bean 1 kg     |  24.90|beans   | 1040|320x140x90 |0901.21|IT|reduced |n |32
BEAN-FIL-500|Morning filter, ground 500 g        |  11.90|beans   |  530|250x110x80 |0901.21|DE|reduced |n |22
BEAN-GEI-100|Panama Geisha, whole bean 100 g     |  24.00|beans   |  115|140x60x50  |0901.21|PA|reduced |n |4
TEA-EGR-100 |Earl Grey, loose 100 g              |   6.50|tea     |  120|160x80x50  |0902.30|LK|reduced |n |9
TEA-SEN-100 |Sencha, loose 100 g                 |   8.90|tea     |  120|160x80x50  |0902.10|JP|reduced |n |8
TEA-ROO-100 |Rooibos vanilla, loose 100 g        |   5.50|tea     |  120|160x80x50  |1212.99|ZA|reduced |n |7
CHOC-DRK-100|Dark chocolate 72 %, 100 g          |   3.90|pantry  |  110|160x80x12  |1806.32|EC|reduced |n |18
CHOC-BEA-150|Coffee beans in chocolate 150 g     |   5.90|pantry  |  165|150x100x50 |1806.90|DE|reduced |n |14
SYR-VAN-250 |Vanilla syrup 250 ml                |   7.50|pantry  |  560|210x60x60  |2106.90|FR|reduced |nf|8
SYR-HAZ-250 |Hazelnut syrup 250 ml               |   7.50|pantry  |  560|210x60x60  |2106.90|FR|reduced |nf|7
COOK-CAN-200|Cantuccini 200 g                    |   4.90|pantry  |  220|200x120x60 |1905.31|IT|reduced |n |12
MUG-WHT-300 |Mug white 300 ml                    |  11.90|cups    |  350|120x90x100 |6911.10|PT|standard|f |22
MUG-BLU-300 |Mug cobalt 300 ml                   |  12.90|cups    |  350|120x90x100 |6911.10|PT|standard|f |18
MUG-BLK-300 |Mug matte black 300 ml              |  12.90|cups    |  350|120x90x100 |6911.10|PT|standard|f |17
MUG-ENA-350 |Enamel mug 350 ml                   |   9.90|cups    |  170|120x90x90  |7323.94|PL|standard|  |12
CUP-ESP-6   |Espresso cups, set of 6             |  39.00|cups    | 1150|260x180x90 |6911.10|IT|standard|f |10
CUP-CAP-6   |Cappuccino cups, set of 6           |  54.00|cups    | 2100|330x230x110|6911.10|IT|standard|f |8
GLS-DBL-2   |Double-wall glasses 250 ml, pair    |  24.90|cups    |  380|200x110x120|7013.37|CN|standard|f |12
GLS-LAT-4   |Latte glasses 350 ml, set of 4      |  22.90|cups    | 1240|200x200x150|7013.37|FR|standard|f |7
TUM-350     |Travel tumbler 350 ml               |  26.90|cups    |  290|190x80x80  |9617.00|CN|standard|  |15
TUM-500     |Travel tumbler 500 ml               |  31.90|cups    |  360|230x80x80  |9617.00|CN|standard|  |11
FLA-1L      |Vacuum flask 1 l                    |  36.90|cups    |  560|310x95x95  |9617.00|CN|standard|  |7
V60-PLA     |Pour-over dripper, plastic          |   8.50|brewing |  120|150x120x100|3924.10|JP|standard|  |12
V60-CER     |Pour-over dripper, ceramic          |  24.90|brewing |  460|160x130x110|6911.10|JP|standard|f |10
V60-FIL-100 |Paper filters size 02, 100          |   6.50|brewing |  180|190x150x50 |4823.20|JP|standard|  |30
FIL-4-100   |Paper filters size 4, 100           |   3.50|brewing |  160|190x150x45 |4823.20|DE|standard|  |24
CHX-6       |Glass carafe brewer, 6 cups         |  52.00|brewing |  820|240x160x160|7013.49|US|standard|f |5
CHX-FIL-100 |Carafe filters, 100                 |  12.90|brewing |  410|310x310x40 |4823.20|US|standard|  |7
FRP-350     |French press 350 ml                 |  24.90|brewing |  480|190x120x80 |7013.49|PT|standard|f |9
FRP-1L      |French press 1 l                    |  36.90|brewing |  820|260x170x110|7013.49|PT|standard|f |10
MOK-3       |Stovetop pot, 3 cups                |  29.90|brewing |  480|170x150x90 |7615.10|IT|standard|  |12
MOK-6       |Stovetop pot, 6 cups                |  36.90|brewing |  720|220x190x110|7615.10|IT|standard|  |11
AER-1       |Press brewer for one cup            |  34.90|brewing |  340|290x120x110|3924.10|US|standard|  |14
AER-FIL-350 |Press brewer filters, 350           |   7.90|brewing |   90|80x80x80   |4823.20|US|standard|  |14
CLD-1L      |Cold brew carafe 1 l                |  28.90|brewing |  690|310x110x110|7013.49|JP|standard|f |8
KET-GSN-900 |Gooseneck kettle, electric 0.9 l    | 119.00|kettles | 1350|300x220x230|8516.10|CN|standard|  |9
KET-STV-1L  |Gooseneck kettle, stovetop 1 l      |  49.00|kettles |  640|290x160x170|7323.93|JP|standard|  |7
KET-GLS-17  |Glass kettle 1.7 l                  |  44.90|kettles | 1250|260x220x240|8516.10|CN|standard|f |6
GRD-HND-S   |Hand grinder, steel burr            |  69.00|grinders|  620|210x90x80  |8210.00|CN|standard|  |14
GRD-HND-P   |Hand grinder, precision burr        | 159.00|grinders|  740|230x100x90 |8210.00|TW|standard|  |6
GRD-EL-40   |Electric grinder, 40 mm conical     | 139.00|grinders| 2900|370x220x190|8509.40|IT|standard|  |10
GRD-EL-64   |Electric grinder, 64 mm flat        | 449.00|grinders| 8200|480x300x260|8509.40|IT|standard|  |4
GRD-BUR-40  |Spare burrs 40 mm                   |  24.90|grinders|  140|90x90x50   |8509.90|IT|standard|  |4
ESP-ONE     |Espresso machine One                | 499.00|machines| 8900|400x330x300|8516.71|IT|standard|  |8
ESP-DUO     |Espresso machine Duo, two boilers   |1490.00|machines|16500|480x380x400|8516.71|IT|standard|  |3
ESP-AUTO    |Fully automatic machine             | 899.00|machines|11800|460x300x390|8516.71|CH|standard|  |5
ESP-PRO     |Two-group machine for cafes         |4900.00|machines|28500|590x390x390|8419.81|IT|standard|  |1
FIL-MACH-10 |Filter machine, 10 cups             | 189.00|machines| 3100|380x330x200|8516.71|NL|standard|f |7
FIL-MACH-CAR|Spare carafe for filter machine     |  29.90|machines|  620|190x190x170|7013.49|NL|standard|f |4
PRT-GSK-58  |Group gasket 58 mm                  |   4.90|parts   |   12|80x80x12   |4016.93|IT|standard|  |10
PRT-SHW-58  |Shower screen 58 mm                 |   9.90|parts   |   35|80x80x10   |8419.90|IT|standard|  |7
PRT-BSK-18  |Precision basket 18 g               |  27.90|parts   |   55|80x80x40   |7323.93|US|standard|  |8
PRT-PFB     |Bottomless portafilter              |  59.00|parts   |  480|260x80x70  |8419.90|IT|standard|  |6
PRT-WTR-3   |Water filter cartridges, 3          |  29.90|parts   |  330|180x130x60 |8421.99|DE|standard|  |16
PRT-SEAL-KIT|Seal kit for One and Duo            |  18.90|parts   |   60|120x90x20  |4016.93|IT|standard|  |4
TMP-58      |Tamper 58 mm                        |  39.00|barista |  420|110x70x70  |8215.99|DE|standard|  |10
TMP-MAT     |Tamping mat                         |  14.90|barista |  240|210x160x30 |3924.10|CN|standard|  |8
WDT-8       |Distribution needles                |  17.90|barista |   60|120x40x40  |8215.99|CN|standard|  |10
PIT-350     |Milk pitcher 350 ml                 |  18.90|barista |  230|120x100x100|7323.93|CN|standard|  |12
PIT-600     |Milk pitcher 600 ml                 |  22.90|barista |  310|140x120x120|7323.93|CN|standard|  |9
KNK-1       |Knock box                           |  32.90|barista |  920|180x170x170|3924.10|CN|standard|  |7
SCL-2K      |Brewing scale 2 kg with timer       |  49.90|barista |  380|200x160x40 |8423.81|CN|standard|d |14
SCL-PRO     |Brewing scale Pro, rechargeable     | 139.00|barista |  620|220x180x40 |8423.81|CN|standard|d |5
THM-1       |Milk thermometer                    |  12.90|barista |   45|170x40x30  |9025.11|CN|standard|  |6
FRO-HND     |Milk frother, battery               |  14.90|barista |  120|230x50x40  |8509.40|CN|standard|d |10
FRO-EL      |Milk frother, electric              |  69.00|barista |  980|240x180x180|8516.79|CN|standard|  |7
CRM-N2O-10  |Cream chargers, 10                  |   9.90|barista |  290|110x50x50  |2811.29|HU|standard|dn|5
CAN-500     |Vacuum canister 500 g               |  34.90|storage |  560|200x130x130|3924.10|CN|standard|  |10
CAN-250     |Vacuum canister 250 g               |  27.90|storage |  420|150x130x130|3924.10|CN|standard|  |8
TIN-500     |Coffee tin 500 g                    |  12.90|storage |  260|190x110x110|7310.21|DE|standard|  |9
BAG-TOTE    |Cotton tote                         |   9.90|storage |  140|280x220x20 |4202.92|IN|standard|  |8
APR-LIN     |Barista apron, linen                |  49.00|textile |  420|300x250x40 |6211.49|LT|standard|  |5
TWL-3       |Bar towels, 3                       |  14.90|textile |  210|250x180x40 |6302.60|PT|standard|  |9
TEE-S       |T-shirt, size S                     |  25.00|textile |  160|300x250x20 |6109.10|PT|standard|  |4
TEE-M       |T-shirt, size M                     |  25.00|textile |  180|300x250x20 |6109.10|PT|standard|  |6
TEE-L       |T-shirt, size L                     |  25.00|textile |  200|300x250x20 |6109.10|PT|standard|  |6
TEE-XL      |T-shirt, size XL                    |  25.00|textile |  220|300x250x20 |6109.10|PT|standard|  |4
CLN-ESP-500 |Espresso cleaner 500 g              |  13.90|care    |  560|160x90x90  |3402.90|DE|standard|n |16
CLN-TAB-100 |Cleaning tablets, 100               |  15.90|care    |  330|130x80x80  |3402.90|DE|standard|n |14
CLN-DES-1L  |Descaler 1 l                        |  11.90|care    | 1120|240x90x90  |3824.99|DE|standard|n |18
CLN-MLK-1L  |Milk system cleaner 1 l             |  12.90|care    | 1090|240x90x90  |3402.90|DE|standard|n |12
CLN-BRU     |Group brush                         |   8.90|care    |   90|240x40x40  |9603.90|CN|standard|  |10
CLN-GRD-430 |Grinder cleaning pearls 430 g       |  18.90|care    |  470|160x90x90  |3402.90|US|standard|n |8
PAN-CRP     |Crepe pan 26 cm                     |  39.90|kitchen | 1250|470x280x50 |7323.92|FR|standard|  |6
PAN-CST-24  |Cast iron pan 24 cm                 |  44.90|kitchen | 2300|410x260x60 |7323.91|FR|standard|  |7
KNF-CHEF    |Chef's knife 20 cm                  |  89.00|kitchen |  280|360x70x30  |8211.92|DE|standard|n |6
KNF-BRD     |Bread knife 24 cm                   |  59.00|kitchen |  240|400x60x30  |8211.92|DE|standard|n |5
BRD-OAK     |Cutting board, oak                  |  42.00|kitchen | 1600|400x280x30 |4419.11|PL|standard|  |7
WSK-STL     |Whisk                               |  12.90|kitchen |  130|290x70x70  |8215.99|DE|standard|  |7
BWL-3       |Mixing bowls, 3                     |  34.90|kitchen | 1150|260x260x130|7323.93|CN|standard|  |5
GIFT-BOX    |Tasting box, 4 coffees              |  29.90|gifts   |  480|250x180x80 |0901.21|DE|reduced |n |20
GIFT-BAR    |Home barista starter box            |  89.00|gifts   | 1450|350x250x120|0901.21|DE|standard|  |9
"""

# sku | name | EUR | category | tax class | asset | popularity
DOWNLOADS = """
BOOK-ESP    |The patient espresso (e-book)        |14.90|books  |reduced |patient-espresso.epub|12
BOOK-FIL    |Water, paper, time (e-book)          |12.90|books  |reduced |water-paper-time.epub|9
BOOK-MLK    |Milk, drawn (e-book)                 | 9.90|books  |reduced |milk-drawn.epub      |8
BOOK-CAK    |Forty cakes for four o'clock (e-book)|11.90|books  |reduced |forty-cakes.epub     |10
BOOK-CLD    |Iced: cold drinks all year (e-book)  | 8.90|books  |reduced |iced.epub            |7
CARD-RECIPES|Recipe cards, printable              | 4.90|books  |reduced |recipe-cards.pdf     |8
COURSE-LAT  |Latte art, video course              |39.00|courses|standard|latte-art.mp4        |6
COURSE-CUP  |Cupping at home, video course        |29.00|courses|standard|cupping.mp4          |4
"""
LICENSES = """
APP-ROAST|Roast curves for desktop, license| 79.00|software|standard||4
APP-CAFE |Cafe till, one year, one device  |149.00|software|standard||4
APP-BREW |Brew diary, lifetime license     | 24.00|software|standard||8
"""
ACCESS = """
CLUB-MONTH|Tasting club, one month| 9.00|club|standard|tasting-club|8
CLUB-YEAR |Tasting club, one year |89.00|club|standard|tasting-club|4
"""
# sku | name | EUR | category | tax class | minutes | popularity
SERVICES = """
FIT-HOME|Set-up of a machine at home   | 99.00|service|standard|90 |3
FIT-CAFE|Installation of a cafe machine|390.00|service|standard|240|1
"""


class Offer(msgspec.Struct, frozen=True):
    """A product, and how often it is bought compared with the others."""

    product: Product
    popularity: float


@cache
def offers() -> tuple[Offer, ...]:
    """Everything that the shop sells."""
    return (
        *(_goods(row) for row in _rows(GOODS)),
        *(_other("download", row) for row in _rows(DOWNLOADS)),
        *(_other("license", row) for row in _rows(LICENSES)),
        *(_other("access", row) for row in _rows(ACCESS)),
        *(_other("service", row) for row in _rows(SERVICES)),
    )


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


def _cents(price: str) -> int:
    euros, cents = price.split(".")
    return int(euros) * 100 + int(cents)


def _goods(row: list[str]) -> Offer:
    sku, name, price, category, weight, size, hs_code, origin, tax_class, flags, popularity = row
    length, width, height = map(int, size.split("x"))
    product = Product(
        sku,
        name,
        "goods",
        _cents(price),
        "EUR",
        tax_class,
        category,
        int(weight),
        length,
        width,
        height,
        hs_code.replace(".", ""),
        origin,
        dangerous="d" in flags,
        fragile="f" in flags,
        returnable="n" not in flags,
        description=description_of(sku, category),
    )
    return Offer(product, float(popularity))


def _other(kind: str, row: list[str]) -> Offer:
    sku, name, price, category, tax_class, more, popularity = row
    product = Product(sku, name, kind, _cents(price), "EUR", tax_class, category, returnable=False)
    product.description = description_of(sku, category)
    if kind == "service":
        product.duration_min = int(more)
    else:
        product.asset = more
    return Offer(product, float(popularity))
