"""The main job, played through the product's own addresses as its users would."""
