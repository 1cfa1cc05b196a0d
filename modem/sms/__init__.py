"""Short messages as octets and as words: TPDUs, alphabets, refusals (23.040, 23.038); pure but for gammu in `encode`."""
