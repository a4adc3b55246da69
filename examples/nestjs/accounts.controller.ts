import { Body, Controller, Get, Post } from "@nestjs/common";
import { User, type Repository, type UserContext } from "freehold";
import { CurrentContext, InjectRepository, WithoutContext } from "freehold/nestjs";
import { Profile } from "./entities";
import { Tokens } from "./tokens";

@Controller("accounts")
export class AccountsController {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User<Profile>>,
    private readonly tokens: Tokens,
  ) {}

  /** Nobody has a token before there is an account. */
  @WithoutContext()
  @Post()
  async signUp(@Body("name") name: string): Promise<{ readonly token: string }> {
    const user = await this.users.insert({ info: Object.assign(new Profile(), { name }) });
    return { token: this.tokens.issue(user.user_id) };
  }

  @Get("me")
  async me(@CurrentContext() ctx: UserContext): Promise<{ readonly name: string }> {
    const { info } = await this.users.findByIdOrFail(Number(ctx.key));
    return { name: info.name };
  }
}
