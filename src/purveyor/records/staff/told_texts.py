"""What who works here is told by mail, in each language: subject and text."""

from __future__ import annotations

from typing import Final

OTHERWISE: Final = "en"
TOLD: Final = {
    "en": {
        "password_reset": (
            "Your password was reset",
            (
                "Somebody else has set a new password for your login. If nobody told you of it, speak to an "
                "admin at once."
            ),
        ),
        "second_factor_off": (
            "Your second factor is off",
            ("Somebody else has taken the second factor off your login. If you did not ask for it, speak to an admin."),
        ),
        "roles_set": (
            "Your roles were changed",
            "Somebody has changed what you may do here. You see it at your next page.",
        ),
        "locked": (
            "Somebody tried to sign in with your login",
            (
                "Too many tries to sign in with your login have failed. For a while nobody can sign in from "
                "there. If it was not you, you need not do anything: your password was not found."
            ),
        ),
        "staff_added": (
            "Somebody may sign in now",
            "Somebody was let in at the console. The page What admins did says who it is, and by whom.",
        ),
        "policy_asked": (
            "A policy is to allow more: {policy}",
            (
                "Somebody wants the policy {policy} to allow more than before. Nothing has changed yet: another "
                "admin says yes or no on the page of the policy. Where there is no other admin, it comes into "
                "force by itself after a day, unless somebody declines it."
            ),
        ),
        "policy_set": (
            "A policy was changed: {policy}",
            (
                "The policy {policy} was changed. It says, among other things, who may give away how much. The "
                "page What admins did says who changed it."
            ),
        ),
    },
    "de": {
        "password_reset": (
            "Ihr Passwort wurde zurückgesetzt",
            (
                "Jemand anderes hat ein neues Passwort für Ihr Login gesetzt. Wenn Ihnen niemand davon erzählt "
                "hat, sprechen Sie sofort mit einem Admin."
            ),
        ),
        "second_factor_off": (
            "Ihr zweiter Faktor ist ausgeschaltet",
            (
                "Jemand anderes hat den zweiten Faktor Ihres Logins entfernt. Wenn Sie nicht darum gebeten "
                "haben, sprechen Sie mit einem Admin."
            ),
        ),
        "roles_set": (
            "Ihre Rollen wurden geändert",
            ("Jemand hat geändert, was Sie hier tun dürfen. Sie sehen es auf der nächsten Seite, die Sie öffnen."),
        ),
        "locked": (
            "Jemand hat versucht, sich mit Ihrem Login anzumelden",
            (
                "Zu viele Versuche, sich mit Ihrem Login anzumelden, sind gescheitert. Eine Zeit lang kann sich "
                "von dort niemand anmelden. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort "
                "wurde nicht gefunden."
            ),
        ),
        "staff_added": (
            "Jemand kann sich jetzt anmelden",
            (
                "Jemand hat Zugang zur Konsole bekommen. Die Seite „Was Admins getan haben“ sagt, wer es ist und "
                "von wem."
            ),
        ),
        "policy_asked": (
            "Eine Regel soll mehr erlauben: {policy}",
            (
                "Jemand möchte, dass die Regel {policy} mehr erlaubt als bisher. Noch ist nichts geändert: Ein "
                "anderer Admin sagt auf der Seite der Regel ja oder nein. Gibt es keinen anderen Admin, tritt "
                "sie nach einem Tag von selbst in Kraft, wenn niemand sie ablehnt."
            ),
        ),
        "policy_set": (
            "Eine Regel wurde geändert: {policy}",
            (
                "Die Regel {policy} wurde geändert. Sie sagt unter anderem, wer wie viel weggeben darf. Die "
                "Seite „Was Admins getan haben“ sagt, wer sie geändert hat."
            ),
        ),
    },
    "es": {
        "password_reset": (
            "Su contraseña se ha restablecido",
            (
                "Otra persona ha puesto una contraseña nueva a su usuario. Si nadie se lo ha dicho, hable "
                "enseguida con un administrador."
            ),
        ),
        "second_factor_off": (
            "Su segundo factor está desactivado",
            (
                "Otra persona ha quitado el segundo factor de su usuario. Si usted no lo ha pedido, hable con un "
                "administrador."
            ),
        ),
        "roles_set": (
            "Sus roles han cambiado",
            "Alguien ha cambiado lo que usted puede hacer aquí. Lo verá en la próxima página que abra.",
        ),
        "locked": (
            "Alguien ha intentado iniciar sesión con su usuario",
            (
                "Han fallado demasiados intentos de iniciar sesión con su usuario. Durante un tiempo nadie puede "
                "hacerlo desde allí. Si no ha sido usted, no tiene que hacer nada: su contraseña no se ha "
                "descubierto."
            ),
        ),
        "staff_added": (
            "Alguien puede iniciar sesión ahora",
            (
                "Alguien ha recibido acceso a la consola. La página «Lo que hicieron los administradores» dice "
                "quién es y quién se lo ha dado."
            ),
        ),
        "policy_asked": (
            "Una regla debe permitir más: {policy}",
            (
                "Alguien quiere que la regla {policy} permita más que antes. Todavía no ha cambiado nada: otro "
                "administrador dice sí o no en la página de la regla. Si no hay otro administrador, entra en "
                "vigor por sí sola al cabo de un día, salvo que alguien la rechace."
            ),
        ),
        "policy_set": (
            "Una regla ha cambiado: {policy}",
            (
                "La regla {policy} ha cambiado. Dice, entre otras cosas, quién puede regalar cuánto. La página "
                "«Lo que hicieron los administradores» dice quién la ha cambiado."
            ),
        ),
    },
    "pt": {
        "password_reset": (
            "A sua palavra-passe foi reposta",
            (
                "Outra pessoa definiu uma nova palavra-passe para o seu acesso. Se ninguém lhe disse nada, fale "
                "de imediato com um administrador."
            ),
        ),
        "second_factor_off": (
            "O seu segundo fator está desligado",
            "Outra pessoa retirou o segundo fator do seu acesso. Se não o pediu, fale com um administrador.",
        ),
        "roles_set": (
            "As suas funções foram alteradas",
            "Alguém alterou o que pode fazer aqui. Verá a alteração na próxima página que abrir.",
        ),
        "locked": (
            "Alguém tentou iniciar sessão com o seu acesso",
            (
                "Falharam demasiadas tentativas de iniciar sessão com o seu acesso. Durante algum tempo, ninguém "
                "o pode fazer a partir dali. Se não foi o caso, não tem de fazer nada: a sua palavra-passe não "
                "foi descoberta."
            ),
        ),
        "staff_added": (
            "Alguém pode agora iniciar sessão",
            ("Alguém recebeu acesso à consola. A página «O que os administradores fizeram» diz quem é e quem o deu."),
        ),
        "policy_asked": (
            "Uma regra deve permitir mais: {policy}",
            (
                "Alguém quer que a regra {policy} permita mais do que antes. Ainda nada mudou: outro "
                "administrador diz sim ou não na página da regra. Se não houver outro administrador, entra em "
                "vigor por si ao fim de um dia, salvo se alguém a recusar."
            ),
        ),
        "policy_set": (
            "Uma regra foi alterada: {policy}",
            (
                "A regra {policy} foi alterada. Diz, entre outras coisas, quem pode oferecer quanto. A página «O "
                "que os administradores fizeram» diz quem a alterou."
            ),
        ),
    },
}
