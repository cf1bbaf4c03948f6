-- The letters of a round of Refresh; of no use after it.
CREATE TABLE IF NOT EXISTS refreshing {{on_cluster}}
(
    round      String,
    letter_id  String,
    at         DateTime DEFAULT now()
)
ENGINE = {{replacing "at"}}
ORDER BY (round, letter_id)
TTL at + INTERVAL 1 HOUR
