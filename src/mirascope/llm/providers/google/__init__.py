"""Google: the generateContent wire."""
