using ChatModels.Api.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Api.Tests.Errors;

public sealed class ErrorShapeTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/registry/no-such-thing")]
    [InlineData("/nowhere")]
    [InlineData("/")]
    public async Task UnknownPath_IsProblemDetails(string path) =>
        await (await fixture.Client.GetAsync(path, Cancelled)).IsProblemAsync(404, "route_not_found", Cancelled);

    [Fact]
    public async Task UnknownPathUnderV1_IsOpenAisError() =>
        await (await fixture.Client.GetAsync("/v1/no-such-thing", Cancelled)).IsOpenAiErrorAsync(404, "route_not_found", "invalid_request_error", Cancelled);

    [Theory]
    [InlineData("/registry")]
    [InlineData("/registry/providers")]
    [InlineData("/registry/provider-types")]
    public async Task WrongMethod_NamesTheRightOnes(string path)
    {
        var response = await fixture.Client.PutAsync(path, "{}", Cancelled);
        var problem = await response.IsProblemAsync(405, "method_not_allowed", Cancelled);

        Assert.Equal("GET", response.Header("Allow"));
        Assert.Contains("GET", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongMethodUnderV1_IsOpenAisError() =>
        await (await fixture.Client.DeleteAsync("/v1/models/sim-fast", Cancelled)).IsOpenAiErrorAsync(405, "method_not_allowed", "invalid_request_error", Cancelled);

    [Theory]
    [InlineData("/registry/no-such-thing")]
    [InlineData("/registry/models/no-such-model")]
    [InlineData("/registry")]
    public async Task EveryRegistryAnswer_NamesTheRevision(string path) =>
        Assert.Matches("^[0-9]+$", (await fixture.Client.GetAsync(path, Cancelled)).Header("x-chatmodels-registry-revision"));

    [Theory]
    [InlineData("/registry")]
    [InlineData("/v1/models")]
    [InlineData("/nowhere")]
    [InlineData("/health")]
    public async Task EveryAnswer_HasARequestIdAndNoServerHeader(string path)
    {
        var response = await fixture.Client.GetAsync(path, Cancelled);

        Assert.Matches("^[0-9a-f]{32}$", response.Header("x-request-id"));
        Assert.Equal("", response.Header("Server"));
    }

    [Theory]
    [InlineData("my-request_1.2", true)]
    [InlineData("with space", false)]
    [InlineData("<script>", false)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    public async Task RequestIdOfTheClient_IsKeptWhereItIsHarmless(string given, bool isKept)
    {
        var response = await fixture.Client.GetAsync("/registry", Cancelled, ("x-request-id", given));

        Assert.Equal(isKept, response.Header("x-request-id") == given);
        Assert.NotEqual("", response.Header("x-request-id"));
    }

    [Fact]
    public async Task Defect_IsAnsweredWithoutItsTextAndLoggedOnceWithTheTraceId()
    {
        await using var api = await TestApi.StartAsync(Cancelled, extend: Break);
        var problem = await (await api.Client.GetAsync("/registry/broken", Cancelled)).IsProblemAsync(500, "internal_error", Cancelled);
        await (await api.Client.GetAsync("/v1/broken", Cancelled)).IsOpenAiErrorAsync(500, "internal_error", "server_error", Cancelled);

        var errors = api.Logs.GetSnapshot().Where(record => record.Level >= LogLevel.Error).ToList();
        Assert.Equal(2, errors.Count);
        Assert.Contains(problem.GetProperty("traceId").GetString()!, errors[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the wiring is wrong", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyOver32MiB_Is413InTheShapeOfTheSurface()
    {
        using var content = new ByteArrayContent(new byte[(32 * 1024 * 1024) + 1]);

        var openAi = await fixture.Client.PostAsync(new Uri("/v1/anything", UriKind.Relative), content, Cancelled);
        var registry = await fixture.Client.PutAsync(new Uri("/registry/providers/big", UriKind.Relative), content, Cancelled);

        var error = await openAi.IsOpenAiErrorAsync(413, "request_too_large", "invalid_request_error", Cancelled);
        await registry.IsProblemAsync(413, "request_too_large", Cancelled);
        Assert.Contains("32 MiB", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyOver32MiBOfUnknownLength_Is413OnceItIsTooLong()
    {
        await using var api = await TestApi.StartAsync(Cancelled, extend: Break);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/swallow", UriKind.Relative))
        {
            Content = new ByteArrayContent(new byte[(32 * 1024 * 1024) + 1]),
        };
        request.Headers.TransferEncodingChunked = true;

        await (await api.Client.SendAsync(request, Cancelled)).IsOpenAiErrorAsync(413, "request_too_large", "invalid_request_error", Cancelled);
    }

    private static void Break(WebApplication app)
    {
        app.MapGet("/registry/broken", _ => throw new InvalidOperationException("the wiring is wrong"));
        app.MapGet("/v1/broken", _ => throw new InvalidOperationException("the wiring is wrong"));
        app.MapPost("/v1/swallow", http => http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted));
    }
}
