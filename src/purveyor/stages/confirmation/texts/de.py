"""What the notices say, in German."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "order_received": (
        "Wir haben Ihre Bestellung {number}",
        (
            "vielen Dank für Ihre Bestellung {number}. Wir haben sie und warten auf die Bestätigung der Zahlung.",
            "{lines}",
            "Versand: {shipping}",
            "Gesamtbetrag: {total}",
            "Sobald sie da ist, bestätigen wir Ihre Bestellung und sagen Ihnen, wie es weitergeht.",
        ),
    ),
    "order_confirmed": (
        "Ihre Bestellung {number} ist bestätigt",
        (
            "vielen Dank für Ihre Bestellung {number}.",
            "{lines}",
            "Versand: {shipping}",
            "Gesamtbetrag: {total}",
            "Sie ist bis {all_promised_at} bei Ihnen.",
            "Was vorrätig ist, ist bis {rest_promised_at} bei Ihnen.",
            "Zurzeit nicht vorrätig, wird so bald wie möglich nachgeliefert: {waiting}",
        ),
    ),
    "order_on_hold": (
        "Wir prüfen Ihre Bestellung {number}",
        ("vor dem Versand Ihrer Bestellung {number} müssen wir etwas prüfen. Wenn wir Sie brauchen, melden wir uns.",),
    ),
    "choice_offered": (
        "In Ihrer Bestellung {number} fehlt etwas",
        (
            "Zurzeit nicht vorrätig: {waiting}",
            "Wir können senden, was da ist, warten, bis alles da ist, etwas anderes senden oder den Rest stornieren.",
            "Bitte sagen Sie es uns bis {deadline_at}.",
        ),
    ),
    "payment_received": (
        "Ihre Zahlung zu Bestellung {number}",
        ("wir haben Ihre Zahlung von {amount} zu Bestellung {number} erhalten. Vielen Dank.",),
    ),
    "payment_authorized": (
        "Ihre Zahlung zu Bestellung {number} ist bestätigt",
        (
            "Ihre Bank hat die Zahlung von {amount} zu Bestellung {number} bestätigt.",
            "Wir buchen ab, wenn die Ware das Haus verlässt.",
        ),
    ),
    "payment_declined": (
        "Ihre Zahlung zu Bestellung {number} ist fehlgeschlagen",
        (
            "Ihre Bank hat die Zahlung zu Bestellung {number} nicht angenommen.",
            "Grund: {reason_words}.",
            "Bitte zahlen Sie noch einmal, mit derselben oder einer anderen Karte. Ihre Ware bleibt reserviert.",
            "{url}",
        ),
    ),
    "payment_action_required": (
        "Bitte bestätigen Sie die Zahlung zu Bestellung {number}",
        ("Ihre Bank bittet Sie, die Zahlung zu Bestellung {number} zu bestätigen:", "{url}"),
    ),
    "pay_by_link": (
        "Bitte bezahlen Sie Bestellung {number}",
        ("von Bestellung {number} sind {amount} zu bezahlen.", "{url}"),
    ),
    "payment_reminder": (
        "Erinnerung: Rechnung {invoice} zu Bestellung {number}",
        ("von unserer Rechnung {invoice} zu Bestellung {number} sind noch {amount} offen. Bitte zahlen Sie bald.",),
    ),
    "invoice_issued": (
        "Rechnung {invoice} zu Bestellung {number}",
        (
            "unsere Rechnung {invoice} zu Bestellung {number} beträgt {amount}.",
            "Sie finden sie auf der Seite Ihrer Bestellung.",
        ),
    ),
    "invoice_due": (
        "Rechnung {invoice} zu Bestellung {number}",
        ("unsere Rechnung {invoice} zu Bestellung {number} beträgt {amount}.", "Bitte zahlen Sie bis {due_at}."),
    ),
    "invoice_open": (
        "Rechnung {invoice} zu Bestellung {number}: noch zu bezahlen",
        (
            "von unserer Rechnung {invoice} zu Bestellung {number} sind noch {amount} offen.",
            "Bitte zahlen Sie bis {due_at}.",
        ),
    ),
    "shipped": (
        "Ihre Bestellung {number} ist unterwegs",
        (
            "ein Paket Ihrer Bestellung {number} ist beim Paketdienst.",
            "Paketdienst: {carrier}",
            "Sendungsnummer: {tracking_number}",
            "Es sollte bis {promised_at} bei Ihnen sein.",
        ),
    ),
    "delayed": (
        "Ihre Bestellung {number} verspätet sich",
        (
            "für Bestellung {number} hatten wir Ihnen {promised_at} genannt. Das schaffen wir leider nicht.",
            "Es fehlen noch: {open_lines}",
            "Sie müssen nichts tun. Wenn Sie nicht warten möchten, sagen Sie es uns, dann stornieren wir.",
        ),
    ),
    "delivered": (
        "Ihre Bestellung {number} ist angekommen",
        ("ein Paket Ihrer Bestellung {number} wurde zugestellt. Viel Freude damit.",),
    ),
    "delivery_failed": (
        "Ihre Bestellung {number} konnte nicht zugestellt werden",
        (
            "der Paketdienst konnte ein Paket der Bestellung {number} nicht übergeben und versucht es noch einmal.",
            "Versuch: {attempt}",
        ),
    ),
    "parcel_waiting": (
        "Ein Paket Ihrer Bestellung {number} liegt zur Abholung bereit",
        (
            "ein Paket Ihrer Bestellung {number} wartet auf Sie.",
            "Wo: {place}",
            "Bitte bringen Sie einen Ausweis mit.",
        ),
    ),
    "returned_to_sender": (
        "Ein Paket Ihrer Bestellung {number} kommt zu uns zurück",
        (
            "der Paketdienst konnte ein Paket Ihrer Bestellung {number} nicht übergeben und bringt es uns zurück.",
            "Sie müssen nichts tun. Sobald es hier ist, melden wir uns.",
            "Stimmt Ihre Adresse? Auf der Seite Ihrer Bestellung können Sie uns antworten.",
        ),
    ),
    "parcel_lost": (
        "Ein Paket Ihrer Bestellung {number} ist verloren gegangen",
        (
            "ein Paket Ihrer Bestellung {number} ist unterwegs verloren gegangen. Das tut uns leid.",
            "Wir kümmern uns darum und schicken es noch einmal oder erstatten es Ihnen. Sie müssen nichts tun.",
        ),
    ),
    "ready_to_collect": (
        "Ihre Bestellung {number} liegt bereit",
        ("Ihre Bestellung {number} kann abgeholt werden.", "Wo: {location}", "Ihr Abholcode: {code}"),
    ),
    "collect_reminder": (
        "Ihre Bestellung {number} wartet auf Sie",
        ("Ihre Bestellung {number} liegt noch zur Abholung bereit.", "Wo: {location}", "Ihr Abholcode: {code}"),
    ),
    "collected": (
        "Sie haben Ihre Bestellung {number}",
        ("Sie haben Ware Ihrer Bestellung {number} abgeholt. Viel Freude damit.",),
    ),
    "downloads_ready": (
        "Ihre Downloads zu Bestellung {number}",
        (
            "was Sie mit Bestellung {number} gekauft haben, liegt auf der Bestellseite zum Herunterladen bereit.",
            "{url}",
        ),
    ),
    "license_keys": (
        "Ihre Lizenzschlüssel zu Bestellung {number}",
        ("die Lizenzschlüssel aus Bestellung {number} finden Sie auf der Bestellseite.", "{url}"),
    ),
    "access_on": ("Ihr Zugang ist frei", ("der Zugang aus Bestellung {number} ist freigeschaltet.",)),
    "choose_appointment": (
        "Wählen Sie einen Termin zu Bestellung {number}",
        ("bitte wählen Sie, wann unser Techniker zu Bestellung {number} kommen darf.", "{url}"),
    ),
    "appointment_booked": ("Ihr Termin zu Bestellung {number}", ("unser Techniker kommt am {starts_at}.",)),
    "installed": (
        "Die Arbeit zu Bestellung {number} ist getan",
        ("was Sie mit {number} bestellt haben, ist eingebaut. Vielen Dank.",),
    ),
    "canceled": (
        "Ihre Bestellung {number} wurde storniert",
        (
            "von Bestellung {number} wurde storniert: {canceled_lines}",
            "Grund: {reason_words}.",
            "Was Sie dafür bezahlt haben, erhalten Sie zurück.",
        ),
    ),
    "changed": (
        "Ihre Bestellung {number} wurde geändert",
        ("Ihre Bestellung {number} wurde geändert. Sie lautet jetzt:", "{lines}", "Gesamtbetrag: {total}"),
    ),
    "refunded": (
        "Geld zurück zu Bestellung {number}",
        ("wir haben Ihnen zu Bestellung {number} {amount} erstattet. Bei Ihrer Bank kann es einige Tage dauern.",),
    ),
    "return_authorized": (
        "Ihre Rücksendung zu Bestellung {number}",
        (
            "Sie können die Ware zurücksenden. Bitte legen Sie die Nummer der Bestellung, {number}, ins Paket.",
            "Sie muss bis {expires_at} bei uns sein.",
            "Oder geben Sie sie ab: {counters}. Dann brauchen Sie kein Etikett und zahlen keins.",
            "Wenn alles ankommt, erhalten Sie {amount}.",
        ),
    ),
    "return_to_counter": (
        "Ihre Rücksendung zu Bestellung {number}",
        (
            "Bitte bringen Sie die Ware hierher: {counter}. Nennen Sie dort die Nummer Ihrer Bestellung, {number}.",
            "Ein Etikett brauchen Sie nicht.",
            "Bitte kommen Sie bis {expires_at}.",
            "Wenn Sie alles bringen, erhalten Sie {amount}.",
        ),
    ),
    "return_without_goods": (
        "Ihre Rückgabe zu Bestellung {number}",
        (
            "Sie müssen nichts zurücksenden.",
            "Sie erhalten {amount}.",
        ),
    ),
    "return_received": (
        "Ihre Rücksendung zu Bestellung {number} ist da",
        ("Ihre Rücksendung zu Bestellung {number} ist angekommen. Wir sehen sie an und melden uns.",),
    ),
    "survey": (
        "Wie war Bestellung {number}?",
        ("Ihre Bestellung {number} ist bei Ihnen. Wie war es? Es dauert eine halbe Minute.", "{url}"),
    ),
    "case_opened": (
        "Ihre Nachricht zu Bestellung {number}",
        ("wir haben Ihre Nachricht zu Bestellung {number} und antworten so bald wie möglich.",),
    ),
    "claim_resolved": (
        "Ihre Reklamation zu Bestellung {number}",
        (
            "wir haben Ihre Reklamation zu Bestellung {number} geprüft. Unsere Antwort steht auf der Bestellseite.",
            "{url}",
        ),
    ),
    "case_answered": (
        "Unsere Antwort zu Bestellung {number}",
        ("wir haben Ihnen zu Bestellung {number} geantwortet. Sie finden die Antwort auf der Bestellseite.", "{url}"),
    ),
    "message_from_us": (
        "Eine Nachricht zu Bestellung {number}",
        ("{words}", "Sie können uns auf der Seite Ihrer Bestellung antworten."),
    ),
    "news": ("Neues zu Ihrer Bestellung {number}", ("es gibt Neues zu Ihrer Bestellung {number}.", "{url}")),
}

WORDS: Final[dict[str, str]] = {
    "insufficient_funds": "das Konto ist nicht gedeckt",
    "expired_card": "die Karte ist abgelaufen",
    "card_declined": "die Bank hat die Karte abgelehnt",
    "store_credit_insufficient": "das Guthaben reicht nicht",
    "changed mind": "auf Ihren Wunsch",
    "missing, and not waited for": "nicht vorrätig",
}
