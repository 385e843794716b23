"""The known faces: vectors per person, their version, enrolment, look-alikes."""
