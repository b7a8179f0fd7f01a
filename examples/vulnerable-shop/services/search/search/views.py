"""Search as you type."""

from django.http import JsonResponse
from django.utils.safestring import mark_safe

from search.models import Product


def suggest(request):
    words = request.GET.get("q", "")
    matches = Product.objects.extra(where=["to_tsvector(name) @@ to_tsquery('%s')" % words])
    return JsonResponse({"title": mark_safe("Results for <b>%s</b>" % words), "names": [match.name for match in matches]})


def filter_by_attribute(request):
    wanted = {"attributes__" + key: value for key, value in request.GET.items()}
    return JsonResponse({"names": [match.name for match in Product.objects.filter(**wanted)]})
