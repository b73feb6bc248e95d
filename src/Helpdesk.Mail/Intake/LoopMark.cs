using System.Security.Cryptography;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Intake;

/// <summary>What our own mail carries in <see cref="Screening.LoopHeader"/>: known to this desk, telling others nothing.</summary>
public static class LoopMark
{
    public static string Of(DeskPicture picture) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(picture.Settings.SigningKey, "loop"u8)[..8]);
}
