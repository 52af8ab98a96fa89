"""What a decision could have been: bounds, reasons, what stands in the way, what an outcome turns on. Exact, by walks over a diagram."""
