"""The shipped texts of what is carried beyond the inbox: Jinja templates, the first line of which is the subject."""
