"""Words that people of the shop's languages like to put into passwords, and that lists of English ones do not have.

Whoever guesses tries them first, with a number or a sign behind them. Umlauts and accents count as they are written, as
their plain letters, and German ones as two letters too.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

GERMAN: Final = """
    willkommen passwort kennwort geheim geheimnis hallo servus moin tschüss schatz schatzi liebling liebe ichliebedich
    mausi hase hasi bärchen engel prinzessin prinz sonne sonnenschein sonnenblume schmetterling regenbogen mond stern
    sterne himmel erde feuer wasser blume rose katze hund pferd vogel fisch löwe tiger adler drache wolf bär einhorn
    fußball fussball bayern münchen borussia dortmund schalke werder hamburg berlin köln frankfurt stuttgart leipzig
    dresden deutschland österreich schweiz europa welt heimat familie mutter mama vater papa oma opa bruder schwester
    freund freundin freunde kinder baby sommerzeit urlaub ferien reise strand meer insel berge wald garten haus wohnung
    auto motorrad fahrrad computer rechner tastatur internet arbeit büro firma chef kollege schule lehrer schüler
    student universität kaffee kuchen schokolade erdbeere banane apfel zitrone kartoffel bier wein pizza brot käse
    musik gitarre klavier schlüssel sicherheit sicher anmeldung anmelden zugang admin verwaltung lager versand paket
    bestellung rechnung kunde kunden laden händler verkauf einkauf spiel spieler glück glücklich freiheit frieden leben
    danke bitte super klasse toll schön schnell stark neu alt groß klein rot blau grün gelb schwarz weiß gold silber
    eins zwei drei vier fünf sechs sieben acht neun zehn weihnachtsmann osterhase nikolaus thomas andreas stefan
    michael matthias christian markus alexander sebastian jürgen wolfgang sabine susanne petra monika birgit claudia
    qwertz qwertzuiop asdfghjklö yxcvbnm
"""
SPANISH: Final = """
    bienvenido bienvenida bienvenidos contraseña clave secreto secreta hola adiós amor teamo tequiero miamor corazón
    cariño cielo vida princesa príncipe reina rey ángel estrella estrellas luna sol mar playa montaña flor flores
    mariposa gato gatito perro perrito caballo pájaro león tigre águila dragón lobo oso unicornio fútbol futbol
    barcelona realmadrid madrid atlético sevilla valencia españa méxico argentina colombia chile perú venezuela
    américa chivas boca river mundo familia madre mamá padre papá abuela abuelo hermano hermana amigo amiga amigos
    niño niña bebé vacaciones viaje casa jardín coche moto bicicleta ordenador computadora teclado internet trabajo
    oficina empresa jefe escuela colegio profesor estudiante universidad café chocolate fresa plátano manzana naranja
    limón cerveza vino pan queso música guitarra piano llave seguridad seguro acceso entrada usuario administrador
    almacén envío paquete pedido factura cliente clientes tienda venta compra juego jugador suerte feliz felicidad
    libertad paz gracias porfavor bueno bonito grande pequeño rojo azul verde amarillo negro blanco oro plata uno dos
    tres cuatro cinco seis siete ocho nueve diez alejandro carlos javier antonio manuel francisco jesús maría carmen
    guadalupe gabriela mercedes santiago jorge miguel fernando
"""
PORTUGUESE: Final = """
    bemvindo bemvinda bemvindos senha palavrapasse segredo secreto secreta olá adeus amor amoteamo amote teamo
    meuamor coração querido querida céu vida princesa príncipe rainha rei anjo estrela estrelas lua sol mar praia
    montanha flor flores borboleta gato gatinho cão cachorro cavalo pássaro leão tigre águia dragão lobo urso
    unicórnio futebol benfica sporting porto lisboa braga coimbra portugal brasil flamengo corinthians palmeiras
    saopaulo santos vasco mundo família mãe pai avó avô irmão irmã amigo amiga amigos menino menina bebé férias viagem
    casa jardim carro mota bicicleta computador teclado internet trabalho escritório empresa chefe escola professor
    estudante universidade café chocolate morango banana maçã laranja limão cerveja vinho pão queijo música guitarra
    piano chave segurança seguro acesso entrada utilizador usuário administrador armazém envio encomenda fatura
    cliente clientes loja venda compra jogo jogador sorte feliz felicidade liberdade paz obrigado obrigada porfavor bom
    bonito grande pequeno vermelho azul verde amarelo preto branco ouro prata um dois três quatro cinco seis sete oito
    nove dez joão josé antónio manuel francisco maria ana mariana beatriz catarina gonçalo tiago rodrigo deus jesus
    saudade
"""
_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain_letters(text: str) -> str:
    """Small letters without accents; everything else stays."""
    return plain_letters_in_case(text).casefold()


def plain_letters_in_case(text: str) -> str:
    """Letters without accents, large and small as they are."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "SS"))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


@cache
def everyday_words() -> tuple[str, ...]:
    """Each word in every way of writing it, in small letters."""
    words = f"{GERMAN} {SPANISH} {PORTUGUESE}".split()
    return tuple(dict.fromkeys(way for word in words for way in (plain_letters(word), word.translate(_TWO_LETTERS))))
