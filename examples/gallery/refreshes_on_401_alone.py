"""A caller that renews its token on 401 and on nothing else."""

from examples.gallery.sound import Caller


class RefreshesOn401Alone(Caller):
    def refuses_token(self, answer):
        return answer.status_code == 401
