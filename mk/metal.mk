# metal rules
