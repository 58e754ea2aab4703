"""Commands, one module per noun: declare, defer, call one service method, render. Every Cog class found here is added."""
