"""What the notices say, in Portuguese."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "order_received": (
        "Recebemos a sua encomenda {number}",
        (
            "Obrigado pela sua encomenda {number}. Já a recebemos e aguardamos a confirmação do pagamento.",
            "{lines}",
            "Envio: {shipping}",
            "Total: {total}",
            "Assim que a tivermos, confirmamos a encomenda e dizemos-lhe como continua.",
        ),
    ),
    "order_confirmed": (
        "A sua encomenda {number} está confirmada",
        (
            "Obrigado pela sua encomenda {number}.",
            "{lines}",
            "Envio: {shipping}",
            "Total: {total}",
            "Estará consigo até {all_promised_at}.",
            "O que há em stock estará consigo até {rest_promised_at}.",
            "De momento sem stock; enviamos logo que possível: {waiting}",
        ),
    ),
    "order_on_hold": (
        "Estamos a verificar a sua encomenda {number}",
        ("Antes de enviarmos a encomenda {number}, temos de verificar algo. Se precisarmos de si, avisamos.",),
    ),
    "choice_offered": (
        "Falta algo na sua encomenda {number}",
        (
            "De momento sem stock: {waiting}",
            "Podemos enviar o que há, esperar até haver tudo, enviar outro artigo ou cancelar o que falta.",
            "Diga-nos, por favor, até {deadline_at}.",
        ),
    ),
    "payment_received": (
        "O seu pagamento da encomenda {number}",
        ("Recebemos o seu pagamento de {amount} da encomenda {number}. Obrigado.",),
    ),
    "payment_authorized": (
        "O pagamento da sua encomenda {number} está confirmado",
        (
            "O seu banco confirmou o pagamento de {amount} da encomenda {number}.",
            "Cobramos o valor quando a mercadoria sair.",
        ),
    ),
    "payment_declined": (
        "O pagamento da encomenda {number} falhou",
        (
            "O seu banco não aceitou o pagamento da encomenda {number}.",
            "Motivo: {reason_words}.",
            "Pague de novo, por favor, com o mesmo cartão ou outro. Entretanto guardamos os artigos para si.",
            "{url}",
        ),
    ),
    "payment_action_required": (
        "Confirme o pagamento da encomenda {number}",
        ("O seu banco pede que confirme o pagamento da encomenda {number}:", "{url}"),
    ),
    "pay_by_link": ("Pague a encomenda {number}", ("Faltam pagar {amount} da encomenda {number}.", "{url}")),
    "payment_reminder": (
        "Lembrete: fatura {invoice} da encomenda {number}",
        ("Da nossa fatura {invoice} da encomenda {number} faltam pagar {amount}. Talvez tenha passado despercebida.",),
    ),
    "invoice_issued": (
        "Fatura {invoice} da encomenda {number}",
        ("A nossa fatura {invoice} da encomenda {number} é de {amount}.", "Encontra-a na página da sua encomenda."),
    ),
    "invoice_due": (
        "Fatura {invoice} da encomenda {number}",
        ("A nossa fatura {invoice} da encomenda {number} é de {amount}.", "Pague, por favor, até {due_at}."),
    ),
    "invoice_open": (
        "Fatura {invoice} da encomenda {number}: por pagar",
        (
            "Da nossa fatura {invoice} da encomenda {number} faltam pagar {amount}.",
            "Pague, por favor, até {due_at}.",
        ),
    ),
    "shipped": (
        "A sua encomenda {number} está a caminho",
        (
            "Entregámos à transportadora um volume da sua encomenda {number}.",
            "Transportadora: {carrier}",
            "Número de seguimento: {tracking_number}",
            "Deverá chegar até {promised_at}.",
        ),
    ),
    "delayed": (
        "A sua encomenda {number} está atrasada",
        (
            "Tínhamos dito {promised_at} para a encomenda {number}. Não vamos conseguir, e pedimos desculpa.",
            "Ainda falta: {open_lines}",
            "Não precisa de fazer nada. Se não quiser esperar, diga-nos e cancelamos.",
        ),
    ),
    "delivered": (
        "A sua encomenda {number} foi entregue",
        ("Um volume da sua encomenda {number} foi entregue. Bom proveito.",),
    ),
    "delivery_failed": (
        "Não conseguimos entregar a sua encomenda {number}",
        (
            "A transportadora não conseguiu entregar um volume da encomenda {number} e volta a tentar.",
            "Tentativa: {attempt}",
        ),
    ),
    "parcel_waiting": (
        "Pode levantar um volume da sua encomenda {number}",
        ("Um volume da sua encomenda {number} espera por si.", "Onde: {place}", "Leve um documento de identificação."),
    ),
    "returned_to_sender": (
        "Um volume da sua encomenda {number} volta para nós",
        (
            "A transportadora não conseguiu entregar um volume da sua encomenda {number} e devolve-o.",
            "Não tem de fazer nada. Escrevemos-lhe assim que chegar.",
            "A sua morada está certa? Pode responder-nos na página da sua encomenda.",
        ),
    ),
    "parcel_lost": (
        "Perdeu-se um volume da sua encomenda {number}",
        (
            "Um volume da sua encomenda {number} perdeu-se no caminho. Lamentamos.",
            "Estamos a tratar disso e enviamo-lo de novo ou devolvemos-lhe o dinheiro. Não tem de fazer nada.",
        ),
    ),
    "ready_to_collect": (
        "A sua encomenda {number} está pronta",
        ("Pode levantar a sua encomenda {number}.", "Onde: {location}", "O seu código: {code}"),
    ),
    "collect_reminder": (
        "A sua encomenda {number} está à sua espera",
        ("A sua encomenda {number} continua pronta para ser levantada.", "Onde: {location}", "O seu código: {code}"),
    ),
    "collected": (
        "Já tem a sua encomenda {number}",
        ("Levantou artigos da sua encomenda {number}. Bom proveito.",),
    ),
    "downloads_ready": (
        "Os seus downloads da encomenda {number}",
        ("O que comprou com a encomenda {number} está na página da encomenda.", "{url}"),
    ),
    "license_keys": (
        "As suas chaves de licença da encomenda {number}",
        ("As chaves de licença da encomenda {number} estão na página da encomenda.", "{url}"),
    ),
    "access_on": ("O seu acesso está ligado", ("O acesso que comprou com a encomenda {number} está ligado.",)),
    "choose_appointment": (
        "Escolha uma hora para a encomenda {number}",
        ("Escolha, por favor, quando pode ir o nosso técnico por causa da encomenda {number}.", "{url}"),
    ),
    "appointment_booked": ("A sua marcação da encomenda {number}", ("O nosso técnico vai a {starts_at}.",)),
    "installed": (
        "O trabalho da encomenda {number} está feito",
        ("O que encomendou com {number} está instalado. Obrigado.",),
    ),
    "canceled": (
        "A sua encomenda {number} foi cancelada",
        (
            "Da encomenda {number} foi cancelado: {canceled_lines}",
            "Motivo: {reason_words}.",
            "Devolvemos o que pagou por isso.",
        ),
    ),
    "changed": (
        "A sua encomenda {number} foi alterada",
        ("A sua encomenda {number} foi alterada. Agora é:", "{lines}", "Total: {total}"),
    ),
    "refunded": (
        "Reembolso da encomenda {number}",
        ("Devolvemos-lhe {amount} da encomenda {number}. O seu banco pode demorar alguns dias.",),
    ),
    "return_authorized": (
        "A sua devolução da encomenda {number}",
        (
            "Pode devolver. Ponha, por favor, o número da encomenda, {number}, no volume.",
            "Tem de estar connosco até {expires_at}.",
            "Ou entregue em: {counters}. Assim não precisa de etiqueta nem a paga.",
            "Se chegar tudo, recebe {amount}.",
        ),
    ),
    "return_to_counter": (
        "A sua devolução da encomenda {number}",
        (
            "Traga, por favor, a: {counter}. Diga lá o número da sua encomenda, {number}.",
            "Não precisa de etiqueta.",
            "Venha, por favor, até {expires_at}.",
            "Se trouxer tudo, recebe {amount}.",
        ),
    ),
    "return_without_goods": (
        "A sua devolução da encomenda {number}",
        (
            "Não tem de devolver nada.",
            "Recebe {amount}.",
        ),
    ),
    "return_received": (
        "A sua devolução da encomenda {number} chegou",
        ("O que devolveu da encomenda {number} chegou. Vamos ver e avisamos.",),
    ),
    "survey": (
        "Como correu a encomenda {number}?",
        ("Já tem a sua encomenda {number}. Como correu? Demora meio minuto.", "{url}"),
    ),
    "case_opened": (
        "A sua mensagem sobre a encomenda {number}",
        ("Temos a sua mensagem sobre a encomenda {number} e respondemos logo que possível.",),
    ),
    "claim_resolved": (
        "A sua reclamação da encomenda {number}",
        ("Vimos a sua reclamação da encomenda {number}. A resposta está na página da encomenda.", "{url}"),
    ),
    "case_answered": (
        "A nossa resposta sobre a encomenda {number}",
        ("Respondemos-lhe sobre a encomenda {number}. A resposta está na página da encomenda.", "{url}"),
    ),
    "message_from_us": (
        "Uma mensagem sobre a encomenda {number}",
        ("{words}", "Pode responder-nos na página da sua encomenda."),
    ),
    "news": ("Novidades da sua encomenda {number}", ("Há novidades da sua encomenda {number}.", "{url}")),
}

WORDS: Final[dict[str, str]] = {
    "insufficient_funds": "não há saldo suficiente",
    "expired_card": "o cartão expirou",
    "card_declined": "o banco recusou o cartão",
    "store_credit_insufficient": "o crédito não chega",
    "changed mind": "a seu pedido",
    "missing, and not waited for": "não há stock",
}
