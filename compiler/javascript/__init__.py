"""A rulebook as JavaScript: the rules and the explanations that the browser answers with on the page «Prøv».

The functions are the generated Python functions, translated, over a runtime written by hand in `site/assets/prov`
that has the same names and means the same as `compiler.runtime`. So each construct of the language is generated in
one place, and what cannot be translated is an error when the site is built, never another answer.
"""

from compiler.javascript.module import javascript as javascript
