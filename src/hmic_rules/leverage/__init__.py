"""What carrying recommendations out would change: findings put right, and everything graded again."""
