<%-- a page of the product, as far as this sample goes --%>
