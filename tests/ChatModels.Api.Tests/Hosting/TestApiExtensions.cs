using System.Net;
using ChatModels.Testing;

namespace ChatModels.Api.Tests.Hosting;

internal static class TestApiExtensions
{
    public static Task UntilReadyAsync(this TestApi api, CancellationToken cancellationToken) => WaitUntil.TrueAsync(
        async token => (await api.Client.GetAsync(new Uri("/health", UriKind.Relative), token)).StatusCode is HttpStatusCode.OK,
        "a healthy Api", cancellationToken: cancellationToken);
}
