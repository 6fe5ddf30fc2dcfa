"""How far annotators agree beyond chance: coefficients for labels, numbers, spans, regions and rankings."""
