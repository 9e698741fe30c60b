"""A record with all that `publish` asks for, of a fictional office."""

META = {
    "identifier": "https://data.example.org/id/layer",
    "title": {"en": "A layer (fictional)", "fr": "Une couche (fictive)",
              "ar": "طبقة خيالية"},
    "abstract": {"en": "Made for training.", "fr": "Fait pour la formation.",
                 "ar": "بيانات للتكوين فقط"},
    "keywords": {"en": ["training"], "fr": ["formation"], "ar": ["تكوين"]},
    "topic": "location", "licence": "CC-BY-4.0",
    "publisher": {
        "name": {"en": "Office of maps (fictional)",
                 "fr": "Bureau des cartes (fictif)",
                 "ar": "مكتب الخرائط (خيالي)"},
        "email": "open.data@maps.example", "url": "https://maps.example.org"}}
