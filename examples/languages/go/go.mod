module crm-contracts.example/languages

go 1.21
