"""Pages, pictures and tables of an assessment; they load nothing from anywhere."""
