# lint rules
