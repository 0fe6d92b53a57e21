using ChatModels.Secrets;
using ChatModels.Security;
using Microsoft.Extensions.Options;

namespace ChatModels.Api.Security;

internal sealed class SecurityOptionsValidator(IHostEnvironment environment, SecretStore secrets) : IValidateOptions<SecurityOptions>
{
    private const string AdminKeys = $"{SecurityOptions.Section}:{nameof(SecurityOptions.AdminKeys)}";
    private const string ClientKeys = $"{SecurityOptions.Section}:{nameof(SecurityOptions.ClientKeys)}";

    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        List<string> failures = [.. Check(AdminKeys, options.AdminKeys), .. Check(ClientKeys, options.ClientKeys)];
        if (options.AdminKeys.Count is 0 && !environment.IsDevelopment())
        {
            failures.Insert(0, $"{AdminKeys} is empty, so nobody could administer this Api. Name a secret that holds the admin's key, and give that secret a value: "
                               + "ChatModels__Security__AdminKeys__0=admin and Secrets__admin=<a long random text>, or a file named admin in a secrets directory.");
        }

        return failures is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Check(string key, IList<string> names)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(names[index]))
            {
                yield return $"{key}:{index} is empty. Give the name of a secret, or leave the entry out.";
            }
            else if (!environment.IsDevelopment() && string.IsNullOrWhiteSpace(secrets.Get(names[index]).Value))
            {
                yield return $"{key}:{index} names the secret '{names[index]}', which has no value. "
                             + $"Set Secrets:{names[index]} in configuration (environment: Secrets__{names[index].Replace('-', '_')}), or put the key into a file of that name in a secrets directory.";
            }
        }
    }
}
