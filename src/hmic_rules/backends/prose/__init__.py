"""A rule set in plain English: every condition, calculation, rule and limit, so that whoever hears it read aloud hears the rule.

The English is a controlled one. What has parts is said as a list and never as a long sentence, so that it is clear what belongs to what; conditions
that differ in an operator, a label, a number or a quantifier are said differently.
"""
