module jwxtbot

go 1.26
