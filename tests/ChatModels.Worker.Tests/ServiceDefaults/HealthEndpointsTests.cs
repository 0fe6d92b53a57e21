using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

public sealed class HealthEndpointsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, 200, 200)]
    [InlineData(HealthStatus.Degraded, 200, 200)]
    [InlineData(HealthStatus.Unhealthy, 503, 200)]
    public async Task Probes_SayOneWordInProduction_AndOnlyReadinessAsksEveryCheck(HealthStatus state, int health, int alive)
    {
        var builder = DefaultsHost.NewBuilder();
        builder.Services.AddHealthChecks().AddCheck("part", () => new HealthCheckResult(state, "details with secrets"));
        await using var host = await DefaultsHost.StartAsync(builder, Token);

        using var response = await host.Client.GetAsync("/health", Token);

        Assert.Equal((health, state.ToString()), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token)));
        Assert.Equal((alive, "Healthy"), ((await host.GetAsync("/alive", Token)).Status, (await host.GetAsync("/alive", Token)).Body));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Probes_NeedNoKey_WhereEverythingElseDoes()
    {
        var builder = DefaultsHost.NewBuilder();
        builder.Services.AddAuthentication("none").AddCookie("none", cookie => cookie.Events.OnRedirectToLogin = context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        await using var host = await DefaultsHost.StartAsync(builder, Token);

        Assert.Equal(401, (await host.GetAsync("/hello", Token)).Status);
        Assert.Equal(200, (await host.GetAsync("/health", Token)).Status);
        Assert.Equal(200, (await host.GetAsync("/alive", Token)).Status);
    }
}
