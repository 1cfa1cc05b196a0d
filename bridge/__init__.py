"""The bridge room: what a missed call is worth, who is texted, when and with what words; it speaks no AT and no HTML."""
