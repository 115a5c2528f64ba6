"""What the notices say, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "order_received": (
        "Hemos recibido su pedido {number}",
        (
            "Gracias por su pedido {number}. Lo hemos recibido y esperamos la confirmación del pago.",
            "{lines}",
            "Envío: {shipping}",
            "Total: {total}",
            "En cuanto la tengamos, confirmaremos su pedido y le diremos cómo sigue.",
        ),
    ),
    "order_confirmed": (
        "Su pedido {number} está confirmado",
        (
            "Gracias por su pedido {number}.",
            "{lines}",
            "Envío: {shipping}",
            "Total: {total}",
            "Lo recibirá a más tardar el {all_promised_at}.",
            "Lo que hay en existencias lo recibirá a más tardar el {rest_promised_at}.",
            "Sin existencias por ahora; lo enviaremos lo antes posible: {waiting}",
        ),
    ),
    "order_on_hold": (
        "Estamos revisando su pedido {number}",
        ("Antes de enviar su pedido {number} tenemos que revisar algo. Si le necesitamos, le avisaremos.",),
    ),
    "choice_offered": (
        "Falta algo de su pedido {number}",
        (
            "Sin existencias por ahora: {waiting}",
            "Podemos enviar lo que hay, esperar hasta tenerlo todo, enviar otra cosa o cancelar lo que falta.",
            "Díganoslo, por favor, a más tardar el {deadline_at}.",
        ),
    ),
    "payment_received": (
        "Su pago del pedido {number}",
        ("Hemos recibido su pago de {amount} del pedido {number}. Gracias.",),
    ),
    "payment_authorized": (
        "El pago de su pedido {number} está confirmado",
        (
            "Su banco ha confirmado el pago de {amount} del pedido {number}.",
            "Cobraremos el importe cuando salga la mercancía.",
        ),
    ),
    "payment_declined": (
        "El pago del pedido {number} no ha funcionado",
        (
            "Su banco no ha aceptado el pago del pedido {number}.",
            "Motivo: {reason_words}.",
            "Pague de nuevo, por favor, con la misma tarjeta u otra. Mientras tanto le reservamos la mercancía.",
            "{url}",
        ),
    ),
    "payment_action_required": (
        "Confirme el pago del pedido {number}",
        ("Su banco le pide que confirme el pago del pedido {number}:", "{url}"),
    ),
    "pay_by_link": ("Pague el pedido {number}", ("Quedan por pagar {amount} del pedido {number}.", "{url}")),
    "payment_reminder": (
        "Recordatorio: factura {invoice} del pedido {number}",
        ("De nuestra factura {invoice} del pedido {number} quedan por pagar {amount}. Quizá se le haya pasado.",),
    ),
    "invoice_issued": (
        "Factura {invoice} del pedido {number}",
        (
            "Nuestra factura {invoice} del pedido {number} asciende a {amount}.",
            "La encontrará en la página de su pedido.",
        ),
    ),
    "invoice_due": (
        "Factura {invoice} del pedido {number}",
        (
            "Nuestra factura {invoice} del pedido {number} asciende a {amount}.",
            "Páguela, por favor, a más tardar el {due_at}.",
        ),
    ),
    "invoice_open": (
        "Factura {invoice} del pedido {number}: pendiente de pago",
        (
            "De nuestra factura {invoice} del pedido {number} quedan por pagar {amount}.",
            "Pague, por favor, a más tardar el {due_at}.",
        ),
    ),
    "shipped": (
        "Su pedido {number} está en camino",
        (
            "Hemos entregado al transportista un paquete de su pedido {number}.",
            "Transportista: {carrier}",
            "Número de seguimiento: {tracking_number}",
            "Debería llegarle a más tardar el {promised_at}.",
        ),
    ),
    "delayed": (
        "Su pedido {number} se retrasa",
        (
            "Le habíamos dicho {promised_at} para el pedido {number}. No llegaremos a tiempo y lo sentimos.",
            "Queda por llegar: {open_lines}",
            "No tiene que hacer nada. Si no quiere esperar, díganoslo y lo cancelamos.",
        ),
    ),
    "delivered": (
        "Su pedido {number} ha llegado",
        ("Se ha entregado un paquete de su pedido {number}. Que lo disfrute.",),
    ),
    "delivery_failed": (
        "No hemos podido entregar su pedido {number}",
        (
            "El transportista no pudo entregar un paquete del pedido {number} y lo intentará de nuevo.",
            "Intento: {attempt}",
        ),
    ),
    "parcel_waiting": (
        "Puede recoger un paquete de su pedido {number}",
        ("Un paquete de su pedido {number} le espera.", "Dónde: {place}", "Lleve un documento de identidad."),
    ),
    "returned_to_sender": (
        "Un paquete de su pedido {number} vuelve a nosotros",
        (
            "El transportista no pudo entregar un paquete de su pedido {number} y nos lo devuelve.",
            "No tiene que hacer nada. Le escribiremos en cuanto llegue.",
            "¿Es correcta su dirección? Puede respondernos en la página de su pedido.",
        ),
    ),
    "parcel_lost": (
        "Se ha perdido un paquete de su pedido {number}",
        (
            "Un paquete de su pedido {number} se ha perdido por el camino. Lo sentimos.",
            "Nos ocupamos de ello y se lo enviamos otra vez o le devolvemos el dinero. No tiene que hacer nada.",
        ),
    ),
    "ready_to_collect": (
        "Su pedido {number} está listo",
        ("Puede recoger su pedido {number}.", "Dónde: {location}", "Su código: {code}"),
    ),
    "collect_reminder": (
        "Su pedido {number} le espera",
        ("Su pedido {number} sigue listo para recoger.", "Dónde: {location}", "Su código: {code}"),
    ),
    "collected": ("Ya tiene su pedido {number}", ("Ha recogido artículos de su pedido {number}. Que los disfrute.",)),
    "downloads_ready": (
        "Sus descargas del pedido {number}",
        ("Lo que compró con el pedido {number} se puede descargar en la página del pedido.", "{url}"),
    ),
    "license_keys": (
        "Sus claves de licencia del pedido {number}",
        ("Las claves de licencia del pedido {number} están en la página del pedido.", "{url}"),
    ),
    "access_on": ("Su acceso está activado", ("El acceso que compró con el pedido {number} está activado.",)),
    "choose_appointment": (
        "Elija una hora para el pedido {number}",
        ("Elija, por favor, cuándo puede ir nuestro técnico por el pedido {number}.", "{url}"),
    ),
    "appointment_booked": ("Su cita del pedido {number}", ("Nuestro técnico irá el {starts_at}.",)),
    "installed": (
        "El trabajo del pedido {number} está hecho",
        ("Lo que pidió con {number} está instalado. Gracias.",),
    ),
    "canceled": (
        "Su pedido {number} se ha cancelado",
        (
            "Del pedido {number} se ha cancelado: {canceled_lines}",
            "Motivo: {reason_words}.",
            "Le devolvemos lo que haya pagado por ello.",
        ),
    ),
    "changed": (
        "Su pedido {number} ha cambiado",
        ("Su pedido {number} ha cambiado. Ahora es:", "{lines}", "Total: {total}"),
    ),
    "refunded": (
        "Reembolso del pedido {number}",
        ("Le hemos devuelto {amount} del pedido {number}. Su banco puede tardar unos días.",),
    ),
    "return_authorized": (
        "Su devolución del pedido {number}",
        (
            "Puede devolverlo. Ponga, por favor, el número del pedido, {number}, en el paquete.",
            "Debe estar con nosotros, a más tardar, el {expires_at}.",
            "O entréguelo en: {counters}. Así no necesita ni paga etiqueta.",
            "Si llega todo, recibirá {amount}.",
        ),
    ),
    "return_to_counter": (
        "Su devolución del pedido {number}",
        (
            "Tráigalo, por favor, a: {counter}. Diga allí el número de su pedido, {number}.",
            "No necesita etiqueta.",
            "Venga, por favor, a más tardar el {expires_at}.",
            "Si lo trae todo, recibirá {amount}.",
        ),
    ),
    "return_without_goods": (
        "Su devolución del pedido {number}",
        (
            "No tiene que devolver nada.",
            "Recibirá {amount}.",
        ),
    ),
    "return_received": (
        "Ha llegado su devolución del pedido {number}",
        ("Lo que devolvió del pedido {number} ha llegado. Lo revisamos y le avisamos.",),
    ),
    "survey": (
        "¿Qué tal el pedido {number}?",
        ("Ya tiene su pedido {number}. ¿Qué tal ha ido? Es medio minuto.", "{url}"),
    ),
    "case_opened": (
        "Su mensaje sobre el pedido {number}",
        ("Tenemos su mensaje sobre el pedido {number} y responderemos lo antes posible.",),
    ),
    "claim_resolved": (
        "Su reclamación del pedido {number}",
        ("Hemos revisado su reclamación del pedido {number}. La respuesta está en la página del pedido.", "{url}"),
    ),
    "case_answered": (
        "Nuestra respuesta sobre el pedido {number}",
        ("Le hemos respondido sobre el pedido {number}. La respuesta está en la página del pedido.", "{url}"),
    ),
    "message_from_us": (
        "Un mensaje sobre el pedido {number}",
        ("{words}", "Puede respondernos en la página de su pedido."),
    ),
    "news": ("Novedades de su pedido {number}", ("Hay novedades de su pedido {number}.", "{url}")),
}

WORDS: Final[dict[str, str]] = {
    "insufficient_funds": "no hay fondos suficientes",
    "expired_card": "la tarjeta ha caducado",
    "card_declined": "el banco ha rechazado la tarjeta",
    "store_credit_insufficient": "el saldo no alcanza",
    "changed mind": "a petición suya",
    "missing, and not waited for": "no hay existencias",
}
