namespace ChatModels.AppHost.Tests;

internal static class Requirement
{
    /// <summary>In CI nothing is skipped: there a missing tool is a failure.</summary>
    public static bool All => Environment.GetEnvironmentVariable("CHATMODELS_REQUIRE_ALL") == "1";
}
