"""What the simulated shop says of its products: a sentence for each, and one for all of its kind."""

from __future__ import annotations

from typing import Final

EACH: Final = """
BEAN-ETH|Jasmine, bergamot and ripe apricot from the highlands of Sidamo, washed and lightly roasted.
BEAN-COL|Red apple, caramel and a round body from small farms around Huila.
BEAN-BRA|Nuts and dark chocolate with hardly any acidity: the coffee that everybody likes.
BEAN-GUA|Cocoa, orange and a hint of smoke from the volcanic soil of Antigua.
BEAN-KEN|Blackcurrant and grapefruit, bright and juicy, sorted by hand as AA.
BEAN-SUM|Cedar, spices and a heavy body; wet-hulled, as they do it on Sumatra.
BEAN-DEC|All the taste of Peru and none of the caffeine, taken out with water alone.
BEAN-HSE|Our espresso of every day: hazelnut, toffee, a thick golden crema.
BEAN-FIL|Ground for paper filters, mild and clear, for the first cup of the day.
BEAN-GEI|A small lot of the rarest variety: white flowers, peach, honey. One hundred grams for four great cups.
TEA-EGR|Black tea from Ceylon with oil of real bergamot.
TEA-SEN|Steamed green tea from Shizuoka, fresh as cut grass.
TEA-ROO|Red bush with bourbon vanilla, without caffeine.
CHOC-DRK|Cocoa from Ecuador, conched for three days, with nothing but a little sugar.
CHOC-BEA|Roasted beans under dark chocolate, to be eaten one after the other.
SYR-VAN|With bourbon vanilla, for latte and ice cream.
SYR-HAZ|Roasted hazelnuts, for milk drinks and cakes.
COOK-CAN|Baked twice with almonds, made to be dipped.
MUG-WHT|Stoneware from Portugal, white inside and out, with a handle for a whole hand.
MUG-BLU|Stoneware from Portugal under a deep cobalt glaze; no two are quite the same.
MUG-BLK|Stoneware from Portugal, matte outside and glazed inside.
MUG-ENA|Enamel on steel that survives every camp fire.
CUP-ESP|Thick walls keep the espresso warm; six cups with saucers.
CUP-CAP|A wide brim for latte art; six cups with saucers.
GLS-DBL|Two walls: hot inside, cool outside. Two glasses, blown by mouth.
GLS-LAT|Tall and tempered, so that one sees the layers. Four glasses.
TUM|Keeps hot for six hours, closes tight, and fits under a machine.
FLA|Keeps a liter hot for a day, with a cup as its lid.
V60-PLA|Light, unbreakable, and quicker to warm than any other.
V60-CER|Heavy ceramic that holds its heat, with spiral ribs for an even flow.
V60-FIL|Bleached with oxygen, without any taste of paper.
FIL-4|For filter machines and classic drippers, unbleached.
CHX-6|One piece of glass with a wooden collar, for clear coffee for the whole table.
CHX-FIL|Thick paper for the carafe brewer: no oil, no sediment.
FRP|A steel filter and four minutes of patience: full body, no paper.
MOK|The pot of every Italian kitchen, in aluminum, for any stove but induction.
AER-1|One cup in a minute, by hand, at home or in a tent.
AER-FIL|Fine paper rounds for the press brewer.
CLD|Fill it in the evening, drink it cold in the morning; with a fine sieve.
KET-GSN|Holds its temperature to the degree and pours in a thin, calm stream.
KET-STV|A calm, thin stream from any stove, induction too.
KET-GLS|One sees the water come to the boil; with a filter for lime.
GRD-HND-S|Steel burrs and thirty turns for a cup, small enough for a bag.
GRD-HND-P|Burrs ground to a hundredth of a millimeter: one of the best grinders without a plug.
GRD-EL-40|Forty settings from espresso to press, and quiet for what it does.
GRD-EL-64|Flat burrs of 64 mm, weighed doses, hardly a crumb left inside.
GRD-BUR|A new set of conical burrs for the electric grinder of 40 mm.
ESP-ONE|One boiler, a steam wand of steel, and a brew group as in a cafe.
ESP-DUO|Two boilers: brew and steam at the same moment, each at its own temperature.
ESP-AUTO|Grinds, brews and froths by itself, and cleans itself afterwards.
ESP-PRO|Two groups, eleven liters of boiler, made for a full house. Needs three-phase current.
FIL-MACH-10|Ten cups at the right temperature, certified, into a glass carafe.
FIL-MACH-CAR|If the old one did not survive the sink.
PRT-GSK|If it drips at the rim, this is what is missing.
PRT-SHW|Spreads the water evenly; change it once a year.
PRT-BSK|Holes cut by laser, for shots that taste the same every day.
PRT-PFB|Shows at once how even a shot runs.
PRT-WTR|Take lime out of the water, for three months each.
PRT-SEAL|All rubber parts of the machines One and Duo, with a drawing.
TMP-58|Steel and beech, flat as glass.
TMP-MAT|Silicone with an edge for the portafilter.
WDT-8|Eight fine needles that break every lump.
PIT|Steel with a sharp spout for fine lines.
KNK|Takes the puck in one knock, and stands still meanwhile.
SCL-2K|A tenth of a gram, a timer, and a pad against heat.
SCL-PRO|Reacts at once, is charged by USB-C, and speaks with the phone.
THM|Clips on to the pitcher; green is where milk is sweet.
FRO-HND|Foam in twenty seconds, with two batteries in the handle.
FRO-EL|Warm foam, cold foam or hot chocolate at the press of a button.
CRM|For cream whippers; keep away from heat.
CAN|Pumps the air out at every turn of its lid, so that beans stay fresh for weeks.
TIN|Tinplate with a tight inner lid.
BAG-TOTE|Heavy cotton that carries two kilos of beans and a book.
APR|Washed linen with leather straps that do not tie in the neck.
TWL|For steam wand, counter and hands: three colors, so that they stay apart.
TEE|Organic cotton with a small bean on the chest.
CLN-ESP|Dissolves coffee oils in brew group and portafilter.
CLN-TAB|One tablet, one rinse: for fully automatic machines.
CLN-DES|Takes away lime, and is kind to seals and boilers.
CLN-MLK|Takes the film off everything that touches milk.
CLN-BRU|Bent bristles that reach behind the gasket.
CLN-GRD|Run them through the grinder, and old oils are gone.
PAN-CRP|Iron that gets better with every crepe.
PAN-CST|Cast in one piece, for stove, oven and fire.
KNF-CHEF|Forged from one piece, sharp for a long time.
KNF-BRD|Long waves that do not squash a warm loaf.
BRD-OAK|End grain that is kind to blades, oiled by hand.
WSK|Eleven wires and a handle that balances.
BWL|Three bowls that stand in each other, with a scale inside.
GIFT-BOX|Four coffees of sixty grams from four countries, with a card on how each likes to be brewed.
GIFT-BAR|Dripper, filters, a scale and our house coffee: all that is needed for the first good cup.
BOOK-ESP|Everything about nine bars of pressure, told calmly. 212 pages.
BOOK-FIL|Why filter coffee is the finest of all, and how to make it so. 184 pages.
BOOK-MLK|From the first wobbly heart to the swan, in photographs. 96 pages.
BOOK-CAK|What goes with the second cup, from twelve grandmothers. 160 pages.
BOOK-CLD|Cold brew, tonics, granita and more than fifty glasses. 120 pages.
CARD-REC|Thirty recipes to print and to hang up beside the machine.
COURSE-LAT|Six hours with a champion, to be watched as often as one likes.
COURSE-CUP|Learn to taste: ten lessons and a wheel to print.
APP-ROAST|Records and compares roasting curves, for Linux, Mac and Windows.
APP-CAFE|A till for one device, with receipts, stock and the day's closing.
APP-BREW|Write down every brew, and find the best one again.
CLUB|Every month a small lot that nobody else has, a tasting online, and the members' archive.
FIT-HOME|We unpack it, connect it, set the grinder, and brew the first cups with you.
FIT-CAFE|Water, current and drain are connected, pressure and grinder set, and your staff shown how.
"""
ALL: Final = {
    "beans": "Roasted on Tuesdays and Thursdays, and sent on the day after.",
    "tea": "Packed in a bag that closes again.",
    "cups": "Made for the dishwasher.",
    "brewing": "Spare parts are in stock for years.",
    "machines": "Two years of warranty, and a workshop of our own.",
    "grinders": "Two years of warranty, and burrs in stock.",
    "kettles": "Two years of warranty.",
    "care": "Use as it says on the package.",
    "books": "An EPUB without copy protection.",
    "courses": "Video in full HD, with subtitles.",
}


def description_of(sku: str, category: str) -> str:
    """The sentence of the longest beginning of a SKU that has one, and what is said of all of its category."""
    beginnings = [start for start in _SENTENCES if sku.startswith(start)]
    own = _SENTENCES[max(beginnings, key=len)] if beginnings else ""
    return " ".join(text for text in (own, ALL.get(category, "")) if text)


_SENTENCES: Final = {
    start: sentence for start, _, sentence in (line.partition("|") for line in EACH.strip().splitlines())
}
