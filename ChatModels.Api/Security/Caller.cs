namespace ChatModels.Api.Security;

/// <summary>Who asks, for the registry's log: the name of a key, never the key.</summary>
internal static class Caller
{
    private const string Item = "chatmodels.caller";

    public static void Set(HttpContext http, string name) => http.Items[Item] = name;

    public static string Of(HttpContext http) => http.Items[Item] as string ?? "local";
}
