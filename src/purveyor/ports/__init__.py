"""What the outside world can do for us, in about five verbs each: Protocols and the plain values they speak in."""
