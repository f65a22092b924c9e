"""Pictures of a plan: a Gantt chart and a graph as SVG, and a page with both."""
