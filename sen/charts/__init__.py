"""What the chart is given from code, so that cluster and laptop have the same rights."""
