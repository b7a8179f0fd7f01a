from shop.models import hash_password


def test_the_same_password_has_the_same_hash():
    assert hash_password("tea") == hash_password("tea")


def test_different_passwords_have_different_hashes():
    assert hash_password("tea") != hash_password("coffee")
