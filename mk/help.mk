# help rules
