-- name: review_put
INSERT INTO fact_review(at, who, score, lines) VALUES ($at, $who, $score, $lines)
-- name: review_list
SELECT id, at, who, score, lines FROM fact_review ORDER BY id DESC LIMIT $max
