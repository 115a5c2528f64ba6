"""What customers of the simulated world write."""

from __future__ import annotations

from purveyor.stages.support.commands import ClaimKind

COMPLAINTS: dict[ClaimKind, tuple[str, ...]] = {
    "damaged": (
        "The box was dented and one piece is broken.",
        "It arrived with a crack along the side.",
        "Der Deckel ist gesprungen, leider.",
    ),
    "missing": (
        "One piece was not in the box.",
        "The packing slip says two, I found one.",
        "Faltaba una unidad en el paquete.",
    ),
    "wrong": (
        "I ordered another one than this.",
        "This is the wrong size.",
        "Recebi um artigo diferente do que pedi.",
    ),
}
QUESTIONS = (
    "Which grind is right for the stovetop pot?",
    "Can I put this into the dishwasher?",
    "Could I get the invoice with our tax number on it?",
    "Wie oft muss ich die Maschine entkalken?",
    "¿Puedo cambiar la dirección de la factura?",
    "How long do the beans keep once they are open?",
)
REPLIES = ("Yes, that is the one.", "Here is the number you asked for.", "Danke, das hilft mir.", "Gracias, perfecto.")
OPINIONS = {
    5: ("Fast, and packed with care.", "Everything as it should be.", "Immer wieder gern.", "Perfecto.", ""),
    4: ("Good, the box was a bit large.", "Very good coffee.", "Tudo bem, obrigado.", ""),
    3: ("It was all right.", "It took a day longer than promised.", ""),
    2: ("Too late for the birthday.", "Two parcels for three things.", "The courier rang nowhere."),
    1: ("It came broken, and nobody answered for a day.", "Waited two weeks.", "Nie wieder."),
}
REVIEWS = {
    5: ("Does what it says, and looks good doing it.", "Best I have had.", "Would buy it again."),
    4: ("Nearly perfect.", "Good for the price."),
    3: ("Fine for every day.",),
    2: ("Smaller than it looks.",),
    1: ("Stopped working after a week.",),
}
