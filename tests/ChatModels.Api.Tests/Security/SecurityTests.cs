using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Security;

public sealed class SecurityTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/registry", null, 401)]
    [InlineData("/registry", "wrong", 401)]
    [InlineData("/registry", Keys.Client, 403)]
    [InlineData("/registry", Keys.Admin, 200)]
    [InlineData("/v1/models", null, 401)]
    [InlineData("/v1/models", "wrong", 401)]
    [InlineData("/v1/models", Keys.Client, 200)]
    [InlineData("/v1/models", Keys.OtherClient, 200)]
    [InlineData("/v1/models", Keys.Admin, 200)]
    [InlineData("/V1/models", Keys.Client, 200)]
    [InlineData("/v1%2Fmodels", Keys.Client, 403)]
    [InlineData("/v1/../registry", Keys.Client, 403)]
    [InlineData("/nowhere", null, 401)]
    [InlineData("/nowhere", Keys.Client, 403)]
    [InlineData("/nowhere", Keys.Admin, 404)]
    [InlineData("/openapi/v1.json", null, 401)]
    [InlineData("/scalar", null, 401)]
    [InlineData("/openapi/v1.json", Keys.Admin, 404)]
    [InlineData("/scalar", Keys.Admin, 404)]
    [InlineData("/metrics", null, 401)]
    [InlineData("/metrics", Keys.Client, 403)]
    [InlineData("/metrics", Keys.Admin, 200)]
    [InlineData("/health", null, 200)]
    [InlineData("/alive", null, 200)]
    [InlineData("/health/../registry", null, 401)]
    public async Task Production_LetsEachKeyIntoItsPartOnly(string path, string? key, int status)
    {
        await using var api = await Keys.StartAsync(Cancelled);
        using var client = key is null ? new HttpClient { BaseAddress = api.Address } : api.ClientWith(key);
        var response = await client.GetAsync(path, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status is 401 ? "Bearer" : "", response.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("/v1/models", "api-key", Keys.Client, 200)]
    [InlineData("/v1/models", "x-api-key", Keys.Client, 200)]
    [InlineData("/v1/models", "x-api-key", "wrong", 401)]
    [InlineData("/registry", "x-api-key", Keys.Admin, 401)]
    [InlineData("/v1/models", "Authorization", $"bearer {Keys.Client}", 200)]
    [InlineData("/v1/models", "Authorization", $"Basic {Keys.Client}", 401)]
    [InlineData("/v1/models", "Authorization", Keys.Client, 401)]
    [InlineData("/v1/models", "Authorization", "Bearer ", 401)]
    [InlineData("/v1/models", "Authorization", $"Bearer {Keys.Client}x", 401)]
    public async Task Production_TakesTheHeadersOfTheCommonClients(string path, string header, string value, int status)
    {
        await using var api = await Keys.StartAsync(Cancelled);
        var response = await api.Client.GetAsync(path, Cancelled, (header, value));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Refusals_ComeInTheShapeOfTheSurface()
    {
        await using var api = await Keys.StartAsync(Cancelled);
        using var client = api.ClientWith(Keys.Client);

        await (await api.Client.GetAsync("/v1/models", Cancelled)).IsOpenAiErrorAsync(401, "invalid_api_key", "authentication_error", Cancelled);
        await (await api.Client.GetAsync("/registry", Cancelled)).IsProblemAsync(401, "invalid_api_key", Cancelled);
        await (await client.GetAsync("/registry", Cancelled)).IsProblemAsync(403, "forbidden", Cancelled);
        await (await client.PutAsync("/registry/providers/mine", Requests.SimulatorProvider, Cancelled)).IsProblemAsync(403, "forbidden", Cancelled);
    }

    [Fact]
    public async Task RotatedKey_IsTakenAndTheOldOneRefusedWithoutARestart()
    {
        await using var api = await Keys.StartAsync(Cancelled);
        using var old = api.ClientWith(Keys.Admin);
        using var rotated = api.ClientWith("another-long-admin-key");
        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("/registry", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rotated.GetAsync("/registry", Cancelled)).StatusCode);

        api.Change("Secrets:the-admin", "another-long-admin-key");

        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync("/registry", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await rotated.GetAsync("/registry", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task WithdrawnKey_LetsNobodyIn()
    {
        await using var api = await Keys.StartAsync(Cancelled);
        using var admin = api.ClientWith(Keys.Admin);

        api.Change("Secrets:the-admin", "");

        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.GetAsync("/registry", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.Client.GetAsync("/registry", Cancelled, ("Authorization", "Bearer "))).StatusCode);
    }

    [Fact]
    public async Task Development_OnThisMachine_NeedsNoKeyAndSaysSoOnce()
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/registry", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/v1/models", Cancelled, ("Authorization", "Bearer whatever"))).StatusCode);
        Assert.Single(api.Logs.GetSnapshot(), record => record.Message.Contains("need no key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("api.localhost:5180", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("attacker.example", 401)]
    [InlineData("localhost.attacker.example", 401)]
    public async Task Development_AskedByAnotherName_NeedsAKey(string host, int status)
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);
        var response = await api.Client.GetAsync("/registry", Cancelled, ("Host", host));

        Assert.Equal(status, (int)response.StatusCode);
    }
}
