"""The shape of requests and answers: parameters, form bodies, expansion, lists."""
