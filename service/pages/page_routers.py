"""Every page's router, in the order in which addresses are looked up."""

from service.pages import home, signing_in

routers = (signing_in.router, home.router)
